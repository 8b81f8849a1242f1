"""Calls resumeEvent as the WSDL says: resume.py <wsdl> <user> <password> <reference> <status> <description>."""
import json
import sys

import zeep
from requests import Session
from requests.auth import HTTPBasicAuth
from zeep.transports import Transport

wsdl, user, password, reference, status, description = sys.argv[1:]
session = Session()
session.auth = HTTPBasicAuth(user, password)
client = zeep.Client(wsdl, transport=Transport(session=session))
try:
    answer = client.service.resumeEvent(workflowReference=reference, status=status, description=description)
    print(json.dumps({"error": answer.error, "message": answer.message}))
except zeep.exceptions.Fault as fault:
    print(json.dumps({"fault": fault.message, "code": fault.code}))
