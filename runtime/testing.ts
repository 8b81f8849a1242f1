/**
 * The public test kit, `viaduct/testing`: compiles snippets with the real compiler and runs them on real messages. Nothing
 * in it is a mock; what has no place in a test (sockets, files, the clock) is replaced by its in-memory sibling.
 */
export { type ArrivalOptions, createArrival, MemoryArrival, type MemoryReply } from './testing/arrival.ts'
export { type Compiled, compileElement, compileMediators, type CompileOptions } from './testing/compile.ts'
export { type ContextOptions, createContext, deliver, TestContext } from './testing/context.ts'
export { createDeployment, type DeploymentOptions } from './testing/deployment.ts'
export { createMarks, type Marks } from './testing/marks.ts'
export { type Backend, type MemoryAnswer, MemorySender, sendersOf, type SentRequest } from './testing/sender.ts'
export { type LogEntry, RecordedLog, TestPlatform, testServices } from './testing/services.ts'
