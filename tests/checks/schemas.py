# SPDX-License-Identifier: MIT
# schemas.py: every sample of the project fits its JSON Schema, and what does not fit is refused. usage: schemas.py SOURCE_DIR
import copy
import glob
import json
import os
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

root = sys.argv[1]
faults = 0
run = 0


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


schemas = {os.path.basename(path): load(path) for path in glob.glob(root + "/docs/schema/*.schema.json")}
resolver = jsonschema.RefResolver("", {}, store=schemas)


def fits(schema, document):
    kind = jsonschema.Draft202012Validator(schemas[schema], resolver=resolver)
    return next(iter(kind.iter_errors(document)), None)


def tell(ok, what, why=""):
    global faults, run
    run += 1
    faults += not ok
    print(("ok" if ok else "not ok") + f" {run} - {what}" + (f": {why}" if not ok else ""))


def must_fit(schema, document, what):
    error = fits(schema, document)
    tell(error is None, what + " fits " + schema, error and f"{list(error.absolute_path)}: {error.message[:200]}")


def must_not_fit(schema, document, what):
    tell(fits(schema, document) is not None, what + " does not fit " + schema, "it does")


def changed(document, path, value):
    result = copy.deepcopy(document)
    place = result
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return result


for schema in schemas:
    jsonschema.Draft202012Validator.check_schema(schemas[schema])

for path in sorted(glob.glob(root + "/tests/scenarios/*.json")):
    must_fit("scenario.schema.json", load(path), os.path.relpath(path, root))
for path in sorted(glob.glob(root + "/examples/workflows/*.json") + [root + "/tests/json/intake.json"]):
    must_fit("workflow.schema.json", load(path), os.path.relpath(path, root))
for path in sorted(glob.glob(root + "/examples/cases/*.json")):
    must_fit("content.schema.json", load(path), os.path.relpath(path, root))
for path in sorted(glob.glob(root + "/examples/mappings/*.json")):
    must_fit("mapping.schema.json", load(path), os.path.relpath(path, root))
must_fit("policy.schema.json", {}, "the empty policy")
must_fit("policy.schema.json", load(root + "/tests/scenarios/own-policy.json")["policy"], "the policy of own-policy.json")

crown = {"patient": {"name": "Ada"}, "services": [{"id": "s1", "quantity": 1}], "files": [{"id": "f1", "size": 0}], "due": "2026-03-16"}
must_fit("content.schema.json", crown, "a content")
for path, value in [(["colour"], 1), (["patient", "nam"], "x"), (["services", 0, "quantity"], 0), (["services", 0], {"code": "crown"}),
                    (["files", 0, "size"], -1), (["files", 0, "kind"], "song"), (["due"], "soon"), (["services"], {})]:
    must_not_fit("content.schema.json", changed(crown, path, value), f"a content with {path}")
intake = load(root + "/tests/json/intake.json")
for path, value in [(["colour"], 1), (["version"], 0), (["statuses", 0, "phase"], "begun"), (["actions", 0, "roles"], ["king"]),
                    (["actions", 2, "needs"], ["signature"]), (["permissions"], {"ship": 3}), (["format"], "casegate-workflow/2")]:
    must_not_fit("workflow.schema.json", changed(intake, path, value), f"a definition with {path}")
for policy in [{"colour": 1}, {"checks": {"due_mising": "off"}}, {"checks": {"due_missing": "loud"}}, {"limits": {"files": 0}},
               {"turnaround": "5 days"}, {"utc_offset_minutes": 9999}, {"reasons": [{"label": {"en": "x"}}]}]:
    must_not_fit("policy.schema.json", policy, f"the policy {policy}")
mapping = load(root + "/examples/mappings/intake-to-lifecycle.json")
for path, value in [(["colour"], 1), (["format"], "casegate-mapping/2"), (["from", "version"], 0), (["to"], "lifecycle"),
                    (["statuses"], {}), (["statuses", "draft"], 1), (["statuses", "two words"], "draft")]:
    must_not_fit("mapping.schema.json", changed(mapping, path, value), f"a mapping with {path}")
guide = load(root + "/tests/scenarios/guide.json")
for path, value in [(["colour"], 1), (["scenarios", 0, "steps", 0, "do"], "dance"), (["scenarios", 0, "steps", 0, "colour"], 1),
                    (["scenarios", 0, "rules"], ["R1"]), (["people", "clara", "role"], "king")]:
    must_not_fit("scenario.schema.json", changed(guide, path, value), f"a scenario file with {path}")

print(f"{run - faults} passed, {faults} failed")
sys.exit(faults != 0)
