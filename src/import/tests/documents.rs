//! The documents of the tests: an operation that fills a shelf with books, told three times.

/// The page of the operation.
pub(super) const PAGE: &str = r#"# FillShelf<a name="API_FillShelf"></a>

Puts books onto a shelf\. If you send no label, the shelf keeps its own\.

## Request Syntax<a name="API_FillShelf_RequestSyntax"></a>

```
PUT /2020-02-02/shelves/ShelfId/books?view=full&room=RoomName HTTP/1.1
X-Shelf-Trace: TraceId
Content-type: application/json

{
   "[Books](#SSS-FillShelf-request-Books)": [ 
      { 
         "[Title](API_Book.md#SSS-Type-Book-Title)": "string"
      }
   ],
   "[Capacity](#SSS-FillShelf-request-Capacity)": number,
   "[Notes](#SSS-FillShelf-request-Notes)": { 
      "string" : "string" 
   }
}
```

## URI Request Parameters<a name="API_FillShelf_RequestParameters"></a>

The request requires the following URI parameters\.

 ** [RoomName](#API_FillShelf_RequestSyntax) **   <a name="SSS-FillShelf-request-RoomName"></a>
The room\.  
Valid Values:` HALL \| CELLAR` 

 ** [ShelfId](#API_FillShelf_RequestSyntax) **   <a name="SSS-FillShelf-request-ShelfId"></a>
The identifier, which must be known\.  

**Forms**
+  **Short** \- `a1`\.
The length constraint is that of the long form\.  
Length Constraints: Minimum length of 2\. Maximum length of 40\.  
Pattern: `[a-z]\d+` 

 ** [TraceId](#API_FillShelf_RequestSyntax) **   <a name="SSS-FillShelf-request-TraceId"></a>
Any text\.

## Request Body<a name="API_FillShelf_RequestBody"></a>

The request accepts the following data in JSON format\.

 ** [Books](#API_FillShelf_RequestSyntax) **   <a name="SSS-FillShelf-request-Books"></a>
The books\.  
Type: Array of [Book](API_Book.md) objects  
Array Members: Fixed number of 3 items\.  
Required: Yes

 ** [Capacity](#API_FillShelf_RequestSyntax) **   <a name="SSS-FillShelf-request-Capacity"></a>
How many books fit\. This is limited to what the shelf carries\.  
Type: Integer  
Valid Range: Minimum value of \-1\. Maximum value of 500\.  
Required: No

 ** [Notes](#API_FillShelf_RequestSyntax) **   <a name="SSS-FillShelf-request-Notes"></a>
Notes by name\.  
Type: String to string map  
Map Entries: Maximum number of 9 items\.  
Key Length Constraints: Minimum length of 1\.  
Key Pattern: `[a-z]+`   
Value Length Constraints: Maximum length of 80\.  
Required: No

## Response Syntax<a name="API_FillShelf_ResponseSyntax"></a>

```
HTTP/1.1 202
X-Shelf-Version: Version
Content-type: application/json

{
   "[Books](#SSS-FillShelf-response-Books)": [ 
      { 
         "[Title](API_Book.md#SSS-Type-Book-Title)": "string"
      }
   ],
   "[State](#SSS-FillShelf-response-State)": "string"
}
```

## Response Elements<a name="API_FillShelf_ResponseElements"></a>

If the action is successful, the service sends back an HTTP 202 response\.

The response returns the following HTTP headers\.

 ** [Version](#API_FillShelf_ResponseSyntax) **   <a name="SSS-FillShelf-response-Version"></a>
The version of the shelf\.

The following data is returned in JSON format by the service\.

 ** [Books](#API_FillShelf_ResponseSyntax) **   <a name="SSS-FillShelf-response-Books"></a>
The books\.  
Type: Array of [Book](API_Book.md) objects  
Array Members: Fixed number of 3 items\.

 ** [State](#API_FillShelf_ResponseSyntax) **   <a name="SSS-FillShelf-response-State"></a>
It can be `Filling` or `Full`\.  
Type: String

## Errors<a name="API_FillShelf_Errors"></a>

 **ShelfNotFoundException**   
There is no such shelf\.  
HTTP Status Code: 404

 **TooManyBooksException**   
   
HTTP Status Code: 429

## See Also<a name="API_FillShelf_SeeAlso"></a>

+  [A tool](https://docs.aws.amazon.com/goto/aws-cli/shelves-2020-02-02/FillShelf) 
"#;

/// The page of the type.
pub(super) const BOOK: &str = r#"# Book<a name="API_Book"></a>

A book\.

## Contents<a name="API_Book_Contents"></a>

 **Next**   <a name="SSS-Type-Book-Next"></a>
The book behind it\.  
Type: [Book](API_Book.md) object  
Required: No

 **Price**   <a name="SSS-Type-Book-Price"></a>
What it costs\.  
Type: Double  
Valid Range: Minimum value of 0\.5\.  
Required: No

 **Title**   <a name="SSS-Type-Book-Title"></a>
What stands on it\.  
Type: String  
Length Constraints: Fixed length of 12\.  
Required: Yes
"#;

/// The model of botocore.
pub(super) const BOTOCORE: &str = r#"{
  "version": "2.0",
  "metadata": {
    "apiVersion": "2020-02-02",
    "endpointPrefix": "shelves",
    "protocol": "rest-json",
    "unknown": {"a": [1]}
  },
  "operations": {
    "FillShelf": {
      "name": "FillShelf",
      "http": {"method": "PUT", "requestUri": "/2020-02-02/shelves/{ID}/books?view=full", "responseCode": 202},
      "input": {"shape": "FillShelfRequest"},
      "output": {"shape": "FillShelfResponse"},
      "errors": [
        {"shape": "ShelfNotFoundException"},
        {"shape": "TooManyBooksException"},
        {"shape": "ShelfNotFoundException"}
      ],
      "documentation": "<p>If you send <i>no</i> label, the shelf keeps its own.</p>",
      "novelty": true
    }
  },
  "shapes": {
    "FillShelfRequest": {
      "type": "structure",
      "required": ["ShelfId", "Books"],
      "members": {
        "ShelfId": {"shape": "ShelfId", "location": "uri", "locationName": "ID"},
        "RoomName": {"shape": "Room", "location": "querystring", "locationName": "room"},
        "TraceId": {"shape": "Text", "location": "header", "locationName": "X-Shelf-Trace"},
        "Books": {"shape": "BookList"},
        "Capacity": {"shape": "Capacity", "documentation": "<p>This is limited to what the shelf carries.</p>"},
        "Notes": {"shape": "Notes"}
      }
    },
    "FillShelfResponse": {
      "type": "structure",
      "members": {
        "Version": {"shape": "Text", "location": "header", "locationName": "X-Shelf-Version"},
        "Books": {"shape": "BookList"},
        "State": {"shape": "Text", "documentation": "<p>It can be <code>Filling</code> or <code>Full</code>.</p>"}
      }
    },
    "ShelfId": {"type": "string", "min": 2, "max": 40, "pattern": "[a-z]\\d+"},
    "Room": {"type": "string", "enum": ["CELLAR", "HALL"]},
    "Text": {"type": "string"},
    "BookList": {"type": "list", "member": {"shape": "Book"}, "min": 3, "max": 3},
    "Book": {
      "type": "structure",
      "required": ["Title"],
      "members": {
        "Next": {"shape": "Book"},
        "Price": {"shape": "Price"},
        "Title": {"shape": "Title"}
      }
    },
    "Price": {"type": "double", "min": 0.5},
    "Title": {"type": "string", "min": 12, "max": 12},
    "Capacity": {"type": "integer", "min": -1, "max": 500},
    "Notes": {"type": "map", "key": {"shape": "NoteName"}, "value": {"shape": "Note"}, "max": 9},
    "NoteName": {"type": "string", "min": 1, "pattern": "[a-z]+"},
    "Note": {"type": "string", "max": 80},
    "ShelfNotFoundException": {"type": "structure", "members": {}, "error": {"httpStatusCode": 404}, "exception": true},
    "TooManyBooksException": {"type": "structure", "members": {}, "error": {"httpStatusCode": 429}, "exception": true}
  }
}"#;

/// The model of Smithy.
pub(super) const SMITHY: &str = r#"{
  "smithy": "2.0",
  "metadata": {"novelty": 1},
  "shapes": {
    "a.b#Shelves": {
      "type": "service",
      "version": "2020-02-02",
      "resources": [{"target": "a.b#Shelf"}],
      "errors": [{"target": "a.b#TooManyBooksException"}],
      "traits": {
        "aws.api#service": {"sdkId": "Shelves", "endpointPrefix": "shelves"},
        "aws.protocols#restJson1": {}
      }
    },
    "a.b#Shelf": {"type": "resource", "operations": [{"target": "a.b#FillShelf"}]},
    "a.b#FillShelf": {
      "type": "operation",
      "input": {"target": "a.b#FillShelfInput"},
      "output": {"target": "a.b#FillShelfOutput"},
      "errors": [{"target": "a.b#ShelfNotFoundException"}],
      "traits": {"smithy.api#http": {"method": "PUT", "uri": "/2020-02-02/shelves/{ShelfId}/books?view=full", "code": 202}}
    },
    "a.b#Described": {"type": "structure", "members": {"Capacity": {"target": "a.b#Capacity"}}, "traits": {"smithy.api#mixin": {}}},
    "a.b#FillShelfInput": {
      "type": "structure",
      "mixins": [{"target": "a.b#Described"}],
      "members": {
        "ShelfId": {"target": "a.b#ShelfId", "traits": {"smithy.api#httpLabel": {}, "smithy.api#required": {}}},
        "RoomName": {"target": "a.b#Room", "traits": {"smithy.api#httpQuery": "room"}},
        "TraceId": {"target": "smithy.api#String", "traits": {"smithy.api#httpHeader": "X-Shelf-Trace"}},
        "Books": {"target": "a.b#BookList", "traits": {"smithy.api#required": {}}},
        "Notes": {"target": "a.b#Notes"}
      }
    },
    "a.b#FillShelfOutput": {
      "type": "structure",
      "members": {
        "Version": {"target": "smithy.api#String", "traits": {"smithy.api#httpHeader": "X-Shelf-Version"}},
        "Books": {"target": "a.b#BookList"},
        "State": {"target": "a.b#State"}
      }
    },
    "a.b#ShelfId": {"type": "string", "traits": {"smithy.api#length": {"min": 2, "max": 40}, "smithy.api#pattern": "[a-z]\\d+", "a.b#novelty": {}}},
    "a.b#Room": {"type": "string", "traits": {"smithy.api#enum": [{"value": "HALL"}, {"value": "CELLAR"}]}},
    "a.b#State": {"type": "enum", "members": {
      "FILLING": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "Filling"}},
      "Full": {"target": "smithy.api#Unit"}
    }},
    "a.b#BookList": {"type": "list", "member": {"target": "a.b#Book"}, "traits": {"smithy.api#length": {"min": 3, "max": 3}}},
    "a.b#Book": {
      "type": "structure",
      "members": {
        "Next": {"target": "a.b#Book"},
        "Price": {"target": "smithy.api#Double", "traits": {"smithy.api#range": {"min": 0.5}}},
        "Title": {"target": "smithy.api#String", "traits": {"smithy.api#required": {}}}
      }
    },
    "a.b#Book$Title": {"type": "apply", "traits": {"smithy.api#length": {"min": 12, "max": 12}}},
    "a.b#Capacity": {"type": "integer", "traits": {"smithy.api#range": {"min": -1, "max": 500}}},
    "a.b#Notes": {
      "type": "map",
      "key": {"target": "smithy.api#String", "traits": {"smithy.api#length": {"min": 1}, "smithy.api#pattern": "[a-z]+"}},
      "value": {"target": "smithy.api#String", "traits": {"smithy.api#length": {"max": 80}}},
      "traits": {"smithy.api#length": {"max": 9}}
    },
    "a.b#ShelfNotFoundException": {"type": "structure", "members": {}, "traits": {"smithy.api#error": "client", "smithy.api#httpError": 404}},
    "a.b#TooManyBooksException": {"type": "structure", "members": {}, "traits": {"smithy.api#error": "client", "smithy.api#httpError": 429}}
  }
}"#;
