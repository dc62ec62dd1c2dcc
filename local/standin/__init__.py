"""A stand-in for the AWS plugin, for the stack `local` and for rehearsals: the Pulumi engine starts it as
`python -m local.standin`, and it speaks to an emulator on loopback, never to AWS.

Data flows down this list, and imports go only up it.

| module | what lives here |
|---|---|
| `errors` | what can go wrong, each with its fix |
| `values` | the wire's property values as plain Python, and back |
| `schema` | which properties a type has, from the installed SDK's own classes |
| `clients`, `context` | provider configuration, the loopback guard, boto3's clients; what one request works with |
| `codecs`, `spec` | how a property and a resource type are written down as data |
| `outputs` | a resource's outputs and inputs in the state, given what was asked for and what is there |
| `generic` | create, read, update, delete of any such type |
| `table_shape` | a table in Pulumi's words and in DynamoDB's |
| `table`, `table_update` | DynamoDB's Table, whose update is a sequence of calls |
| `published`, `checks`, `checking` | what AWS refuses and the emulator accepts: by botocore's data, and beyond it |
| `catalog` | the types: a table of data |
| `diffing` | what changed, and whether that replaces |
| `plugin`, `__main__` | the plugin protocol |
"""
