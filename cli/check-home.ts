import {
  BodyBudget,
  Deadlines,
  type Diagnostic,
  load,
  Metrics,
  ModuleFolder,
  readHome,
  readModules,
  type Sender,
  silentLogger,
  type SourceFile,
  Stores,
  systemPlatform,
} from 'viaduct'
import { createHttpSender } from '../transports/index.ts'
import type { Io } from './io.ts'
import { standardLanguage } from './standard.ts'

export interface CheckedHome {
  readonly files: readonly SourceFile[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Loads a home as `run` does, and throws the deployment away. */
export async function checkHome(path: string, strict: boolean, io: Io): Promise<CheckedHome> {
  const language = standardLanguage()
  const home = await readHome(path, language, { environment: io.environment, cwd: io.cwd })
  using deadlines = new Deadlines()
  await using sender = createHttpSender(home.settings, silentLogger, deadlines)
  using folder = new ModuleFolder(home.root, silentLogger)
  const senders = new Map<string, Sender>(sender.schemes.map((scheme) => [scheme, sender]))
  const { modules, found } = await readModules(home, folder)
  const services = {
    settings: home.settings,
    platform: systemPlatform,
    deadlines,
    log: silentLogger,
    stores: new Stores(),
    bodies: new BodyBudget(home.settings.limits.bodies),
    metrics: new Metrics(),
    watchdog: undefined,
    senders,
    system: new Map<string, string>(),
    environment: (name: string) => io.environment[name],
    home: home.root,
  }
  const { diagnostics } = await load(home.files, language, services, {
    ...home.options,
    modules,
    strict,
    found,
  })
  return { files: home.files, diagnostics }
}
