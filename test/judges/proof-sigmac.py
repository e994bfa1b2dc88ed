"""Converts rules with sigmac, the tool before sigma-cli, as a library and without a configuration of fields.

Standard input: JSON, {"backend": "splunk" | "es-qs" | "graylog", "paths": [rule files]}.
Standard output: a line of JSON for each rule: {"path", "queries"} or {"path", "queries": [], "error"}.
"""

import json
import sys

import sigma.backends.discovery as discovery
from sigma.config.collection import SigmaConfigurationManager  # noqa: F401  sigmac's own order of imports
from sigma.configuration import SigmaConfiguration
from sigma.parser.collection import SigmaCollectionParser


def converted(backend_class, text):
    configuration = SigmaConfiguration()
    parser = SigmaCollectionParser(text, configuration, None)
    # the fields are keywords themselves
    backend = backend_class(configuration, {"keyword_field": ""})
    return [query for query in parser.generate(backend) if query]


def main():
    job = json.load(sys.stdin)
    backend_class = discovery.getBackend(job["backend"])
    for path in job["paths"]:
        answer = {"path": path, "queries": []}
        try:
            with open(path, encoding="utf-8") as file:
                answer["queries"] = converted(backend_class, file.read())
        except (Exception, SystemExit) as error:
            answer["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(answer))


main()
