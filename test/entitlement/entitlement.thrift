// The services of Identity Server as they are on the wire: method names, field numbers and types are what counts.
namespace py entitlement_peer

exception AuthenticationException {
  1: required string message
}

service AuthenticatorService {
  string authenticate(1: required string userName, 2: required string password) throws (1: AuthenticationException ae)
}

exception EntitlementException {
  1: required string message
}

service EntitlementService {
  string getDecision(1: required string request, 2: required string sessionId) throws (1: EntitlementException ee)
  string getDecisionByAttributes(1: required string subject, 2: required string resource, 3: required string action,
                                 4: required list<string> environment, 5: required string sessionId)
      throws (1: EntitlementException ee)
}
