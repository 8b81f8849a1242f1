"""quotes.py <wsdl>: imports the WSDL with zeep, calls getQuote by every SOAP binding, and prints what it met as JSON."""
import json
import sys

import zeep

client = zeep.Client(sys.argv[1])
(service,) = client.wsdl.services.values()
met = {"operations": [], "ports": []}
for name, port in service.ports.items():
    if not isinstance(port.binding, (zeep.wsdl.bindings.Soap11Binding, zeep.wsdl.bindings.Soap12Binding)):
        continue
    met["operations"] = sorted(port.binding.all())
    proxy = client.bind(service.name, name)
    quote = proxy.getQuote(request={"symbol": "IBM"})
    order = proxy.placeOrder(order={"price": 1.5, "quantity": 2, "symbol": "IBM"})
    faults = []
    for symbol in "ERR", "":
        try:
            proxy.getQuote(request={"symbol": symbol})
            faults.append(None)
        except zeep.exceptions.Fault as fault:
            faults.append({"message": fault.message, "code": fault.code, "detail": fault.detail is not None})
    met["ports"].append(
        {
            "binding": type(port.binding).__name__,
            "address": port.binding_options["address"],
            "quote": {"name": quote.name, "symbol": quote.symbol, "last": quote.last, "volume": quote.volume},
            "order": order,
            "faults": faults,
        }
    )
print(json.dumps(met))
