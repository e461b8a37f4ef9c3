//! A service model, in the form of botocore, whose operations come to every state.

/// The model. What stands for `LONGEST` is a limit that one of two models has otherwise.
const MODEL: &str = r#"{
  "version": "2.0",
  "metadata": {
    "apiVersion": "2020-02-02",
    "endpointPrefix": "attic",
    "protocol": "rest-json",
    "protocols": ["rest-json"],
    "serviceFullName": "Attic",
    "serviceId": "Attic",
    "signatureVersion": "v4",
    "signingName": "attic",
    "uid": "attic-2020-02-02"
  },
  "operations": {
    "ListBoxes": {
      "name": "ListBoxes",
      "http": { "method": "GET", "requestUri": "/boxes", "responseCode": 200 },
      "input": { "shape": "ListBoxesRequest" },
      "output": { "shape": "ListBoxesResponse" },
      "errors": [{ "shape": "InvalidParameterValueException" }]
    },
    "GetBox": {
      "name": "GetBox",
      "http": { "method": "GET", "requestUri": "/boxes/{Name}", "responseCode": 200 },
      "input": { "shape": "BoxRequest" },
      "output": { "shape": "Box" },
      "errors": [{ "shape": "ResourceNotFoundException" }]
    },
    "PutLock": {
      "name": "PutLock",
      "http": { "method": "PUT", "requestUri": "/lock", "responseCode": 200 },
      "input": { "shape": "Lock" },
      "output": { "shape": "Lock" }
    },
    "GetKey": {
      "name": "GetKey",
      "http": { "method": "GET", "requestUri": "/keys/{Name}", "responseCode": 200 },
      "input": { "shape": "BoxRequest" },
      "output": { "shape": "Box" }
    },
    "MakeBox": {
      "name": "MakeBox",
      "http": { "method": "POST", "requestUri": "/boxes", "responseCode": 201 },
      "input": { "shape": "Box" },
      "output": { "shape": "Box" }
    }
  },
  "shapes": {
    "ListBoxesRequest": { "type": "structure", "members": {
      "Most": { "shape": "Most", "location": "querystring", "locationName": "most" } } },
    "Most": { "type": "integer", "min": 1, "max": 50 },
    "ListBoxesResponse": { "type": "structure", "members": { "Boxes": { "shape": "Boxes" } } },
    "Boxes": { "type": "list", "member": { "shape": "Box" } },
    "Box": { "type": "structure", "required": ["Name"], "members": { "Name": { "shape": "Name" } } },
    "BoxRequest": { "type": "structure", "required": ["Name"], "members": {
      "Name": { "shape": "Name", "location": "uri", "locationName": "Name" } } },
    "Name": { "type": "string", "min": 1, "max": LONGEST, "pattern": "[a-z0-9-]+" },
    "Lock": { "type": "structure", "members": { "Closed": { "shape": "Closed" } } },
    "Closed": { "type": "boolean" },
    "InvalidParameterValueException": { "type": "structure", "members": {},
      "error": { "httpStatusCode": 400 }, "exception": true },
    "ResourceNotFoundException": { "type": "structure", "members": {},
      "error": { "httpStatusCode": 404 }, "exception": true }
  }
}"#;

/// The model, with that many characters in the longest name.
pub(super) fn model(longest: u32) -> String {
    MODEL.replace("LONGEST", &longest.to_string())
}
