"""Code that runs in AWS Lambda, a file a function: deployed alone, with its data beside it as `settings.json`.

Each imports Python's own library and the runtime's boto3, nothing of this project and nothing that is installed: what
is here is sent to AWS as it stands.
"""
