/** Why a call could not be prepared: the diagnostics of its policy, a line each. */
export class CallRefused extends Error {}
