// gSOAP as a peer of a running bus: client FOLDER URL sign|digest. FOLDER holds client.key, client.crt and service.crt in PEM.
#include "soapH.h"
#include "quote.nsmap"
#include "wsseapi.h"
#include <cstdio>
#include <cstring>
#include <string>

static FILE *opened(const std::string &folder, const char *name) {
  FILE *file = fopen((folder + "/" + name).c_str(), "r");
  if (file == NULL) exit(2);
  return file;
}

// The answer only refers to the certificate of the service, so that gSOAP is told which it is.
static X509 *service;

static const void *find_certificate(struct soap *, int *, const char *, const unsigned char *, int) { return service; }

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  const std::string folder = argv[1], mode = argv[3];
  struct soap *soap = soap_new1(SOAP_XML_CANONICAL);
  soap_register_plugin_arg(soap, soap_wsse, (void *)find_certificate);
  FILE *file = opened(folder, "client.key");
  EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
  fclose(file);
  file = opened(folder, "client.crt");
  X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
  fclose(file);
  file = opened(folder, "service.crt");
  service = PEM_read_X509(file, NULL, NULL, NULL);
  fclose(file);

  soap_wsse_add_Timestamp(soap, "Time", 300);
  if (mode == "digest") soap_wsse_add_UsernameTokenDigest(soap, "User", "alice", "wonderland");
  if (mode == "sign") {
    soap_wsse_add_BinarySecurityTokenX509(soap, "X509Token", certificate);
    soap_wsse_add_KeyInfo_SecurityTokenReferenceX509(soap, "#X509Token");
    soap_wsse_sign_body(soap, SOAP_SMD_SIGN_RSA_SHA256, key, 0);
    soap_wsse_sign_only(soap, "Body Time");
    soap_wsse_verify_auto(soap, SOAP_SMD_NONE, NULL, 0);
  }
  struct ns__Request request;
  request.symbol = (char *)"IBM";
  struct ns__getQuoteResponse response;
  if (soap_call_ns__getQuote(soap, argv[2], "urn:getQuote", &request, &response)) {
    soap_print_fault(soap, stdout);
    return 0;
  }
  bool verified = mode == "sign" && soap_wsse_verify_body(soap) == SOAP_OK;
  printf("200 %s %s\n", verified ? "verified" : "plain", response.__any && strstr(response.__any, "IBM Company") ? "IBM Company" : "no quote");
  return 0;
}
