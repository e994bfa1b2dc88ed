import type { Shell } from './shells.ts';

/**
 * The script for each shell. It runs `sigpack completion words`; where that prints nothing, the
 * shell completes names of files.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# eval "$(sigpack completion bash)" in ~/.bashrc
_sigpack() {
  local IFS=$'\\n'
  COMPREPLY=($(sigpack completion words "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _sigpack sigpack
`,
  zsh: `#compdef sigpack
# eval "$(sigpack completion zsh)" in ~/.zshrc, after compinit; or save it as _sigpack in a folder of $fpath
_sigpack() {
  local -a found
  found=("\${(@f)$(sigpack completion words "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found[1]" ]]; then compadd -a found; else _files; fi
}
if [[ "$funcstack[1]" == _sigpack ]]; then _sigpack "$@"; else compdef _sigpack sigpack; fi
`,
  fish: `# sigpack completion fish > ~/.config/fish/completions/sigpack.fish
function __sigpack_words
    set -l before (commandline -opc)
    set -l word (commandline -ct)
    sigpack completion words $before[2..-1] "$word" 2>/dev/null
end
complete -c sigpack -a '(__sigpack_words)'
`,
  // Windows PowerShell drops an empty argument: two quotes are passed instead
  powershell: `# sigpack completion powershell | Out-String | Invoke-Expression, in $PROFILE
Register-ArgumentCompleter -Native -CommandName sigpack -ScriptBlock {
  param($word, $ast, $cursor)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -le $cursor } | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '""' }
  sigpack completion words @words 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
`,
};
