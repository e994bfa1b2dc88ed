"""Converts rules with pySigma, which sigma-cli is made of.

Standard input: JSON, {"paths": [rule files], "runs": [{"name", "backend": "splunk" | "lucene", "pipelines": [paths]}]}.
Standard output: a line of JSON for each document and run: {"run", "path", "index", "queries"} or {..., "error"}.
"""

import json
import sys

import yaml
from sigma.backends.elasticsearch import LuceneBackend
from sigma.backends.splunk import SplunkBackend
from sigma.backends.splunk.splunk import SplunkDeferredORRegularExpression
from sigma.collection import SigmaCollection
from sigma.processing.pipeline import ProcessingPipeline
from sigma.rule import SigmaYAMLLoader

BACKENDS = {"splunk": SplunkBackend, "lucene": LuceneBackend}


class Loader(SigmaYAMLLoader if not hasattr(yaml, "CSafeLoader") else yaml.CSafeLoader):
    """LibYAML reads ten times as fast as the loader of pySigma, which only adds the check for keys that stand twice."""


def converted(backend, document):
    SplunkDeferredORRegularExpression.reset()
    rules = SigmaCollection.from_dicts([document]).rules
    return [query for rule in rules for query in backend.convert_rule(rule)]


def pipeline_of(paths):
    pipelines = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            pipelines.append(ProcessingPipeline.from_yaml(file.read()))
    return sum(sorted(pipelines, key=lambda one: one.priority), ProcessingPipeline())


def main():
    job = json.load(sys.stdin)
    backends = [(run["name"], BACKENDS[run["backend"]](pipeline_of(run["pipelines"]))) for run in job["runs"]]
    for path in job["paths"]:
        with open(path, encoding="utf-8") as file:
            documents = [one for one in yaml.load_all(file, Loader) if one is not None]
        for index, document in enumerate(documents):
            for name, backend in backends:
                answer = {"run": name, "path": path, "index": index}
                try:
                    answer["queries"] = converted(backend, document)
                except Exception as error:
                    answer["error"] = f"{type(error).__name__}: {error}"
                print(json.dumps(answer))


main()
