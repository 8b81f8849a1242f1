"""Asks EntitlementService by its WSDL. Arguments: URL of the services, CA file. Standard input: JSON with user, password and
questions. Standard output: JSON with what came of each."""
import json
import sys

import requests
import zeep

base, ca = sys.argv[1:3]
asked = json.load(sys.stdin)


def client(service, port, session):
    transport = zeep.Transport(session=session)
    made = zeep.Client(f'{base}{service}?wsdl', transport=transport, service_name=service, port_name=f'{service}HttpSoap{port}Endpoint')
    return made.service


def fresh():
    session = requests.Session()
    # The environment may name another bundle, which would win.
    session.trust_env = False
    session.verify = ca
    return session


def outcome(work):
    try:
        return work()
    except zeep.exceptions.Fault as fault:
        return {'fault': fault.message, 'code': fault.code, 'subcodes': [each.localname for each in fault.subcodes or []]}
    except zeep.exceptions.TransportError as error:
        return {'status': error.status_code}


result = {}
for port in ('11', '12'):
    basic = fresh()
    basic.auth = (asked['user'], asked['password'].encode())
    service = client('EntitlementService', port, basic)
    session = fresh()
    authentication = client('AuthenticationAdmin', port, session)
    met = {
        'decisions': [service.getDecision(question) for question in asked['questions']],
        'query': service.XACMLAuthzDecisionQuery(asked['questions'][0]),
        'byAttributes': service.getDecisionByAttributes('alice', '/services/Quote', 'read', ['a', 'b']),
        'boolean': [service.getBooleanDecision(who, '/services/Quote', 'read') for who in ('alice', 'bob')],
        'wrong': authentication.login(asked['user'], 'wrong', 'localhost'),
        'nobody': outcome(lambda: client('EntitlementService', port, fresh()).getDecision(asked['questions'][0])),
        'login': authentication.login(asked['user'], asked['password'], 'localhost'),
        'session': client('EntitlementService', port, session).getDecision(asked['questions'][0]),
    }
    authentication.logout()
    met['loggedOut'] = outcome(lambda: client('EntitlementService', port, session).getDecision(asked['questions'][0]))
    result[port] = met
json.dump(result, sys.stdout)
