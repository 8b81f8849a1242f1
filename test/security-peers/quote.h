//gsoap ns service name: quote
//gsoap ns service namespace: http://services.samples
//gsoap ns schema namespace: http://services.samples
//gsoap ns schema form: qualified
#import "wsse.h"

struct ns__Request {
  char *symbol 1;
};

struct ns__getQuoteResponse {
  _XML __any;
};

//gsoap ns service method-action: getQuote "urn:getQuote"
int ns__getQuote(struct ns__Request *request, struct ns__getQuoteResponse *response);
