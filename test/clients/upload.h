//gsoap m service name: Upload
//gsoap m service namespace: http://services.samples
//gsoap m service protocol: SOAP1.1
//gsoap m service method-action: uploadFileUsingMTOM "urn:uploadFileUsingMTOM"
//gsoap m schema namespace: http://services.samples
//gsoap m schema form: qualified
#import "import/xop.h"

struct m__Image { _xop__Include xop__Include; };
struct m__Upload { struct m__Image image; };
struct m__uploadFileUsingMTOMResponse { struct m__Upload response; };
int m__uploadFileUsingMTOM(struct m__Upload request, struct m__uploadFileUsingMTOMResponse *out);
