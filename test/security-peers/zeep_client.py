"""zeep as a peer of a running bus: zeep_client.py FOLDER URL MODE, where MODE is sign or digest.

FOLDER holds client.key, client.crt and service.crt. Prints the answer's text; with sign its signature is verified first.
"""

import os
import sys
from datetime import datetime, timedelta, timezone

import xmlsec
from lxml import etree
from zeep import Client
from zeep.plugins import HistoryPlugin
from zeep.transports import Transport
from zeep.wsse.signature import BinarySignature
from zeep.wsse.username import UsernameToken
from zeep.wsse.utils import WSU, get_security_header

folder, url, mode = sys.argv[1:4]


def path(name):
    return os.path.join(folder, name)


def stamp():
    now = datetime.now(timezone.utc).replace(microsecond=0, tzinfo=None)
    later = now + timedelta(minutes=5)
    return WSU.Timestamp(WSU.Created(now.isoformat() + "Z"), WSU.Expires(later.isoformat() + "Z"))


class Signed(BinarySignature):
    """Signs body and timestamp; the answer is signed by a certificate that it only refers to, so that zeep is told which."""

    def apply(self, envelope, headers):
        get_security_header(envelope).append(stamp())
        return super().apply(envelope, headers)

    def verify(self, envelope):
        security = envelope.find(".//{*}Security")
        signature = security.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
        context = xmlsec.SignatureContext()
        identifier = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Id"
        for element in envelope.iter("{*}Body", "{*}Timestamp", "{*}SignatureConfirmation"):
            if element.get(identifier) is not None:
                context.register_id(element, "Id", identifier[1:].split("}")[0])
        context.key = xmlsec.Key.from_file(path("service.crt"), xmlsec.KeyFormat.CERT_PEM)
        context.verify(signature)
        return envelope


wsse = {
    "sign": lambda: Signed(
        path("client.key"),
        path("client.crt"),
        signature_method=xmlsec.Transform.RSA_SHA256,
        digest_method=xmlsec.Transform.SHA256,
    ),
    "digest": lambda: UsernameToken("alice", "wonderland", use_digest=True, timestamp_token=stamp()),
}[mode]()
history = HistoryPlugin()
here = os.path.dirname(os.path.abspath(__file__))
client = Client(os.path.join(here, "quote.wsdl"), wsse=wsse, plugins=[history], transport=Transport(timeout=20))
service = client.create_service("{http://services.samples}QuoteSoap", url)
try:
    service.getQuote(request={"symbol": "IBM"})
    print("200", etree.tostring(history.last_received["envelope"], method="text", encoding="unicode"))
except Exception as failure:
    print("failed", type(failure).__name__, failure)
