"""The AsyncAPI 3 documents in `contracts/asyncapi/`, one for each service and one for the post: enough to write a reader from."""
