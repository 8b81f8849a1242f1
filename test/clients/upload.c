#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "soapH.h"
#include "Upload.nsmap"

/* client <url> <file> <copy>: uploads the file by MTOM and writes what comes back. */
int main(int argc, char **argv) {
  struct soap *soap = soap_new1(SOAP_ENC_MTOM | SOAP_IO_KEEPALIVE);
  FILE *in = fopen(argv[2], "rb"), *out;
  struct m__Upload request;
  struct m__uploadFileUsingMTOMResponse answer;
  _xop__Include *file = &request.image.xop__Include, *back;
  if (argc < 4 || in == NULL) return 2;
  memset(&request, 0, sizeof request);
  fseek(in, 0, SEEK_END);
  file->__size = (int)ftell(in);
  rewind(in);
  file->__ptr = (unsigned char *)soap_malloc(soap, file->__size);
  if (fread(file->__ptr, 1, file->__size, in) != (size_t)file->__size) return 2;
  file->type = "application/octet-stream";
  if (soap_call_m__uploadFileUsingMTOM(soap, argv[1], NULL, request, &answer) != SOAP_OK) {
    soap_print_fault(soap, stderr);
    return 1;
  }
  back = &answer.response.image.xop__Include;
  out = fopen(argv[3], "wb");
  fwrite(back->__ptr, 1, back->__size, out);
  fclose(out);
  printf("%d bytes of %s\n", back->__size, back->type);
  return 0;
}
