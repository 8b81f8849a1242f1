const UNSUPPORTED_THERE =
  'the answer expected is that of an engine without the deprecated XPath functions; this one has them'

/** Tests that are not mandatory and that this engine does not pass, with the reason. */
export const REASONS: ReadonlyMap<string, string> = new Map([
  ...['IIIG001d', 'IIIG002d', 'IIIG003d', 'IIIG004d', 'IIIG005d', 'IIIG006d'].map(
    (id) => [id, UNSUPPORTED_THERE] as const,
  ),
  [
    'IIIG300',
    'leaves out policies that apply with the other effect; section 5.48 asks for all that are fully applicable, "whether or not the Effect was the same"',
  ],
  ['IIIG302', 'names a policy that is Indeterminate; section 5.48 asks for those whose condition is true'],
  ['basic-0014-01', 'ReturnPolicyIdList is true, and the answer expected has no list'],
])
