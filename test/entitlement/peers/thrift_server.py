"""A thrift decision point with code generated from entitlement.thrift: permits alice, denies everybody else. A session is good
for three questions. Arguments: generated code, certificate, key. Prints its two ports, and then each login and question."""
import re
import ssl
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

generated, certificate, key = sys.argv[1:4]
sys.path.insert(0, generated)

from entitlement_peer import AuthenticatorService, EntitlementService
from entitlement_peer.ttypes import AuthenticationException, EntitlementException
from thrift.protocol import TBinaryProtocol, TCompactProtocol
from thrift.server import TServer
from thrift.transport import TSSLSocket, TTransport

sessions = {}


def say(*words):
    print(*words, flush=True)


class Authenticator:
    def authenticate(self, userName, password):
        if (userName, password) != ('pep', 'pep & <secret>'):
            raise AuthenticationException('no such user')
        session = str(uuid.uuid4())
        sessions[session] = 3
        say('login')
        return session


class Entitlement:
    def getDecision(self, request, sessionId):
        if sessions.get(sessionId, 0) <= 0:
            raise EntitlementException('the session is over')
        sessions[sessionId] -= 1
        subject = re.search(r'subject-id"[^>]*><AttributeValue[^>]*>([^<]*)<', request)
        name = subject.group(1) if subject else ''
        say('question', name)
        decision = {'alice': 'Permit', 'mallory': '<Permit>'}.get(name, 'Deny')
        if name == 'large':
            return 'x' * (4 * 1024 * 1024)
        return f'<Response xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"><Result><Decision>{decision}</Decision></Result></Response>'

    def getDecisionByAttributes(self, subject, resource, action, environment, sessionId):
        raise EntitlementException('not here')


class Login(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        answer = TTransport.TMemoryBuffer()
        compact = TCompactProtocol.TCompactProtocol
        AuthenticatorService.Processor(Authenticator()).process(compact(TTransport.TMemoryBuffer(body)), compact(answer))
        self.send_response(200)
        self.send_header('Content-Type', 'application/x-thrift')
        self.send_header('Content-Length', str(len(answer.getvalue())))
        self.end_headers()
        self.wfile.write(answer.getvalue())

    def log_message(self, *_):
        pass


http = ThreadingHTTPServer(('127.0.0.1', 0), Login)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
http.socket = context.wrap_socket(http.socket, server_side=True)
threading.Thread(target=http.serve_forever, daemon=True).start()

listening = TSSLSocket.TSSLServerSocket('127.0.0.1', 0, certfile=certificate, keyfile=key, cert_reqs=ssl.CERT_NONE)
listening.listen()
say('ports', http.server_address[1], listening.handle.getsockname()[1])
listening.listen = lambda: None
TServer.TThreadedServer(
    EntitlementService.Processor(Entitlement()),
    listening,
    TTransport.TBufferedTransportFactory(),
    TBinaryProtocol.TBinaryProtocolFactory(),
    daemon=True,
).serve()
