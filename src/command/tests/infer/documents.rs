//! A service model, in the form of botocore, of the to-do list of `cases/todo`.

/// The model.
pub(super) const MODEL: &str = r#"{
  "version": "2.0",
  "metadata": {
    "apiVersion": "2020-02-02",
    "endpointPrefix": "todo",
    "protocol": "rest-json",
    "protocols": ["rest-json"],
    "serviceFullName": "To-do list",
    "serviceId": "todo",
    "signatureVersion": "v4",
    "signingName": "todo",
    "uid": "todo-2020-02-02"
  },
  "operations": {
    "CreateTodo": {
      "name": "CreateTodo",
      "http": { "method": "POST", "requestUri": "/todos", "responseCode": 201 },
      "input": { "shape": "New" },
      "output": { "shape": "Todo" },
      "errors": [{ "shape": "invalid" }]
    },
    "GetTodo": {
      "name": "GetTodo",
      "http": { "method": "GET", "requestUri": "/todos/{id}", "responseCode": 200 },
      "input": { "shape": "One" },
      "output": { "shape": "Todo" },
      "errors": [{ "shape": "not-found" }]
    },
    "PatchTodo": {
      "name": "PatchTodo",
      "http": { "method": "PATCH", "requestUri": "/todos/{id}", "responseCode": 200 },
      "input": { "shape": "Change" },
      "output": { "shape": "Todo" },
      "errors": [{ "shape": "not-found" }]
    },
    "ListTodos": {
      "name": "ListTodos",
      "http": { "method": "GET", "requestUri": "/todos", "responseCode": 200 },
      "output": { "shape": "All" }
    },
    "DeleteTodo": {
      "name": "DeleteTodo",
      "http": { "method": "DELETE", "requestUri": "/todos/{id}", "responseCode": 204 },
      "input": { "shape": "One" },
      "errors": [{ "shape": "not-found" }]
    },
    "PutColour": {
      "name": "PutColour",
      "http": { "method": "PUT", "requestUri": "/colour", "responseCode": 200 },
      "input": { "shape": "Colour" }
    },
    "ArchiveTodo": {
      "name": "ArchiveTodo",
      "http": { "method": "POST", "requestUri": "/todos/{id}/archive", "responseCode": 200 },
      "input": { "shape": "One" }
    }
  },
  "shapes": {
    "New": { "type": "structure", "required": ["title"], "members": {
      "title": { "shape": "Title" }, "priority": { "shape": "Priority" } } },
    "Change": { "type": "structure", "required": ["id"], "members": {
      "id": { "shape": "Id", "location": "uri", "locationName": "id" },
      "title": { "shape": "Title" }, "priority": { "shape": "Priority" } } },
    "One": { "type": "structure", "required": ["id"], "members": {
      "id": { "shape": "Id", "location": "uri", "locationName": "id" } } },
    "Todo": { "type": "structure", "members": {
      "id": { "shape": "Id" }, "title": { "shape": "Title" }, "priority": { "shape": "Priority" } } },
    "All": { "type": "structure", "members": { "todos": { "shape": "Todos" } } },
    "Todos": { "type": "list", "member": { "shape": "Todo" } },
    "Colour": { "type": "structure", "required": ["shade"], "members": { "shade": { "shape": "Priority" } } },
    "Id": { "type": "string", "min": 1, "max": 64 },
    "Title": { "type": "string", "min": 1, "max": 80 },
    "Priority": { "type": "integer", "min": 1, "max": 5 },
    "invalid": { "type": "structure", "members": {}, "error": { "httpStatusCode": 422 }, "exception": true },
    "not-found": { "type": "structure", "members": {}, "error": { "httpStatusCode": 404 }, "exception": true }
  }
}
"#;
