import type { NewDiagnostic } from '../../source/diagnostic.ts';
import type { YamlNode } from '../../source/yaml/tree.ts';

/** About the configuration, at `node`. */
export const configDiagnostic = (node: YamlNode, message: string, hint: string): NewDiagnostic => ({
  code: 'PCK001',
  message,
  hint,
  span: node,
});
