"""attach.py <url> <file> <copy> base64|binary: uploads a file as SOAP with Attachments and writes the one that comes back."""
import email
import email.policy
import sys
import urllib.request
from email.message import EmailMessage

url, name, copy, encoding = sys.argv[1:]
data = open(name, "rb").read()
envelope = """<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>
<m:uploadFileUsingSwA xmlns:m="http://services.samples"><m:request><m:imageId>the-file</m:imageId></m:request></m:uploadFileUsingSwA>
</soapenv:Body></soapenv:Envelope>"""


def with_email():
    message = EmailMessage(email.policy.SMTP)
    message.set_content(envelope, subtype="xml", cid="<root>")
    message.make_related(boundary="from-python")
    message.set_param("type", "text/xml")
    message.set_param("start", "<root>")
    message.add_related(data, "application", "octet-stream", cid="<the-file>")
    return message["Content-Type"], bytes(message).partition(b"\r\n\r\n")[2]


def by_hand():
    # The email package would change line ends inside binary content.
    part = "--by-hand\r\nContent-Type: {}\r\nContent-Transfer-Encoding: {}\r\nContent-ID: <{}>\r\n\r\n"
    body = part.format("text/xml; charset=UTF-8", "8bit", "root").encode() + envelope.encode() + b"\r\n"
    body += part.format("application/octet-stream", "binary", "the-file").encode() + data + b"\r\n--by-hand--\r\n"
    return 'multipart/related; boundary=by-hand; type="text/xml"; start="<root>"', body


content_type, body = with_email() if encoding == "base64" else by_hand()
headers = {"Content-Type": " ".join(content_type.split()), "SOAPAction": '"urn:uploadFileUsingSwA"'}
with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
    head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
    root, attachment = email.message_from_bytes(head + answer.read()).get_payload()
open(copy, "wb").write(attachment.get_payload(decode=True))
print(root.get_content_type(), attachment["Content-Transfer-Encoding"])
