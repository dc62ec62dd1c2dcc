"""Runs the project on this machine: the engine, an emulator of AWS, and a stand-in for the AWS plug-in.

Nothing in production imports it: with an official Pulumi installation `pulumi up -s dev` needs none of this package.
"""
