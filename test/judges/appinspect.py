"""
appinspect.py [--cloud] APP.spl...: Splunk AppInspect on apps, with all its checks. Fails on any error, failure or warning.
--cloud APP.spl: on this app once more with the checks for Splunk Cloud alone, which must say the same as they do among all.
"""
import functools
import gc
import json
import os
import signal
import sys
import tempfile
import traceback

from splunk_appinspect import checks, main
from splunk_appinspect.python_analyzer.trustedlibs import trusted_data_collector

QUIET = {'success', 'not_applicable', 'skipped'}
BAD = ('error', 'failure', 'warning')


def share_what_is_the_same_for_all():
    """What AppInspect reads anew for each app, and twice, though no app changes it: its checks, their docs and its lists of hashes."""
    checks.load_source = functools.cache(checks.load_source)
    trusted_data_collector.TrustedDataCollector = functools.cache(trusted_data_collector.TrustedDataCollector)
    trusted_data_collector.TrustedDataCollector(trusted_data_collector.BUNDLED_TRUSTEDLIBS_DIR)
    text_of, texts = checks.Check.doc_text, {}

    def doc_text(check):
        raw = check.doc_raw()
        if raw not in texts:
            texts[raw] = text_of(check)
        return texts[raw]

    checks.Check.doc_text = doc_text
    for group in checks.groups():
        for check in group.checks():
            check.doc_text()
    # a process of one app ends before garbage matters
    gc.disable()


def in_child(log, arguments):
    """Runs AppInspect's own command in a process of its own; returns its exit code."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        main.validate.main(arguments, prog_name='splunk-appinspect inspect')
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def inspect(app, kind, options, work):
    """The checks of the report by name, or None where AppInspect found something or gave no report."""
    report, log = os.path.join(work, f'{kind}.json'), os.path.join(work, 'log')
    code = in_child(log, [app, '--mode', 'precert', '--skip-trusted-libraries-update', '--data-format', 'json', '--output-file', report, *options])
    try:
        with open(report, encoding='utf8') as file:
            result = json.load(file)
        os.remove(report)
    except (OSError, ValueError) as error:
        with open(log, encoding='utf8', errors='replace') as file:
            print(file.read())
        print(f'appinspect, {kind} checks: {app}: no report, exit code {code}: {error}')
        return None
    found = [check for one in result['reports'] for group in one['groups'] for check in group['checks']]
    for check in found:
        if check['result'] in QUIET:
            continue
        messages = ' | '.join(dict.fromkeys(' '.join(str(m.get('message', '')).split()) for m in check.get('messages', [])))
        print(f"  {check['result']} {check['name']}: {messages[:600]}")
    summary = result['summary']
    counts = ', '.join(f'{count} {key}' for key, count in summary.items() if count)
    print(f'appinspect, {kind} checks: {app}: {len(found)} checks, {counts}')
    if code != 0:
        print(f'appinspect, {kind} checks: {app}: exit code {code}')
    if code != 0 or not found or any(summary.get(key, 0) for key in BAD):
        return None
    return {check['name']: (check['result'], check.get('messages')) for check in found}


def same(every, cloud):
    """Whether the checks for the cloud say the same among all checks and alone."""
    other = [name for name in cloud if every.get(name) != cloud[name]]
    for name in other:
        print(f'  {name} says something else among all checks')
    if not other:
        print(f'appinspect: {len(cloud)} of {len(every)} checks are for Splunk Cloud, and say the same alone')
    return not other


def judge(app, cloud, work):
    """One verdict for each run of AppInspect."""
    if not os.path.isfile(app):
        print(f'missing: {app}; build it first')
        return [False]
    every = inspect(app, 'all', [], work)
    if not cloud:
        return [every is not None]
    alone = inspect(app, 'cloud', ['--included-tags', 'cloud'], work)
    return [every is not None, bool(alone) and same(every or {}, alone)]


def run(arguments):
    apps = [(app, before == '--cloud') for before, app in zip([''] + arguments, arguments) if app != '--cloud']
    if not apps or arguments[-1] == '--cloud':
        sys.exit('usage: appinspect.py [--cloud] APP.spl...')
    share_what_is_the_same_for_all()
    # cleans up on the way out
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix='sigpack-appinspect-') as work:
        tempfile.tempdir = work
        verdicts = [verdict for app, cloud in apps for verdict in judge(app, cloud, work)]
    print(f'{verdicts.count(True)} passed, {verdicts.count(False)} failed')
    sys.exit(0 if all(verdicts) else 1)


run(sys.argv[1:])
