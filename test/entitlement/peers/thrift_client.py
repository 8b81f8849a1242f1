"""Asks a thrift decision point with code generated from entitlement.thrift. Arguments: generated code, base URL, host, port,
CA file. Standard input: JSON with user, password and questions. Standard output: JSON with what came of each."""
import json
import ssl
import sys

generated, base, host, port, ca = sys.argv[1:6]
sys.path.insert(0, generated)

from entitlement_peer import AuthenticatorService, EntitlementService
from entitlement_peer.ttypes import AuthenticationException, EntitlementException
from thrift.protocol import TBinaryProtocol, TCompactProtocol
from thrift.Thrift import TApplicationException, TType, TMessageType
from thrift.transport import THttpClient, TSSLSocket, TTransport

asked = json.load(sys.stdin)
context = ssl.create_default_context(cafile=ca)


def authenticate(user, password):
    transport = THttpClient.THttpClient(base + 'thriftAuthenticator', ssl_context=context)
    client = AuthenticatorService.Client(TCompactProtocol.TCompactProtocol(transport))
    transport.open()
    try:
        return client.authenticate(user, password)
    finally:
        transport.close()


def connection(binary):
    socket = TSSLSocket.TSSLSocket(host, int(port), cert_reqs=ssl.CERT_REQUIRED, ca_certs=ca)
    transport = TTransport.TBufferedTransport(socket)
    transport.open()
    return transport, EntitlementService.Client(binary(transport))


result = {}
try:
    authenticate(asked['user'], 'wrong')
    result['wrong'] = 'let in'
except AuthenticationException as refused:
    result['wrong'] = refused.message

session = authenticate(asked['user'], asked['password'])
result['decisions'] = {}
for name, binary in (('plain', TBinaryProtocol.TBinaryProtocol), ('accelerated', TBinaryProtocol.TBinaryProtocolAccelerated)):
    transport, client = connection(binary)
    # Several questions on one connection, as a client with a pool of them would ask.
    result['decisions'][name] = [client.getDecision(question, session) for question in asked['questions']]
    transport.close()

transport, client = connection(TBinaryProtocol.TBinaryProtocol)
result['byAttributes'] = client.getDecisionByAttributes('alice', '/services/Quote', 'read', ['a', 'b'], session)
try:
    client.getDecision(asked['questions'][0], 'no session')
    result['noSession'] = 'let in'
except EntitlementException as refused:
    result['noSession'] = refused.message
try:
    client._oprot.writeMessageBegin('shutdown', TMessageType.CALL, 7)
    client._oprot.writeStructBegin('x')
    client._oprot.writeFieldStop()
    client._oprot.writeStructEnd()
    client._oprot.writeMessageEnd()
    client._oprot.trans.flush()
    _, kind, sequence = client._iprot.readMessageBegin()
    failure = TApplicationException()
    failure.read(client._iprot)
    result['unknownMethod'] = [kind == TMessageType.EXCEPTION, sequence, failure.message]
finally:
    transport.close()
json.dump(result, sys.stdout)
