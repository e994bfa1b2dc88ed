"""Which files of folders pySigma takes, which sigma-cli is made of.

Arguments: folders. Standard output: a line of JSON for each YAML file: {"set": number of the folder, "path" in it, "kind": "rules" | "pipeline"}
or {..., "error"}.
A file of rules is taken where each of its rules converts to Splunk without a pipeline; rules may refer to those of other files of the folder.
"""

import json
import os
import pathlib
import sys

import yaml
from sigma.backends.splunk import SplunkBackend
from sigma.backends.splunk.splunk import SplunkDeferredORRegularExpression
from sigma.collection import SigmaCollection
from sigma.processing.pipeline import ProcessingPipeline
from sigma.rule import SigmaYAMLLoader

Loader = getattr(yaml, "CSafeLoader", SigmaYAMLLoader)


def documents_of(path):
    with open(path, encoding="utf-8") as file:
        return [one for one in yaml.load_all(file, Loader) if one is not None]


def is_pipeline(documents):
    return any(isinstance(one, dict) and {"transformations", "postprocessing", "finalizers"} & one.keys() and "detection" not in one for one in documents)


def fault_of_pipeline(path):
    text = pathlib.Path(path).read_text(encoding="utf-8")
    backend = SplunkBackend(ProcessingPipeline.from_yaml(text))
    probe = {"title": "Probe", "logsource": {"category": "process_creation", "product": "windows"}, "detection": {"s": {"Image": "x"}, "condition": "s"}}
    backend.convert(SigmaCollection.from_dicts([probe]))


def converted(rule):
    SplunkDeferredORRegularExpression.reset()
    if rule.errors:
        raise rule.errors[0]
    SplunkBackend().convert_rule(rule)


def faults_of_rules(files):
    """The first fault of each file of a folder."""
    faults, rules = {}, []
    for path, documents in files.items():
        try:
            collection = SigmaCollection.from_dicts(documents, collect_errors=True)
            for fault in collection.errors:
                faults.setdefault(path, fault)
            rules.extend((path, rule) for rule in collection.rules)
        except Exception as error:
            faults.setdefault(path, error)
    try:
        SigmaCollection([rule for _, rule in rules]).resolve_rule_references()
    except Exception as error:
        print(f"references: {error}", file=sys.stderr)
    for path, rule in rules:
        try:
            converted(rule)
        except Exception as error:
            faults.setdefault(path, error)
    return faults


def answer(number, path, kind, error):
    print(json.dumps({"set": number, "path": path, "kind": kind, **({} if error is None else {"error": f"{type(error).__name__}: {error}"})}))


def main():
    for number, folder in enumerate(sys.argv[1:]):
        os.chdir(folder)
        files = {}
        paths = [str(path) for path in pathlib.Path(".").rglob("*") if path.suffix.lower() in (".yml", ".yaml") and path.is_file()]
        for path in sorted(paths):
            try:
                documents = documents_of(path)
            except Exception as error:
                answer(number, path, "rules", error)
                continue
            if is_pipeline(documents):
                try:
                    fault_of_pipeline(path)
                    answer(number, path, "pipeline", None)
                except Exception as error:
                    answer(number, path, "pipeline", error)
            else:
                files[path] = documents
        faults = faults_of_rules(files)
        for path in files:
            answer(number, path, "rules", faults.get(path))


main()
