import {
  BodyBudget,
  Deadlines,
  type Deployment,
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
export function checkHome(path: string, strict: boolean, io: Io): Promise<CheckedHome> {
  return withHome(path, strict, io, (checked) => checked)
}

/** Loads a home as `run` does and hands over the deployment, which is not started; undefined when the home has errors. */
export async function withHome<T>(
  path: string,
  strict: boolean,
  io: Io,
  use: (checked: CheckedHome, deployment: Deployment | undefined) => T | Promise<T>,
): Promise<T> {
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
  const { diagnostics, deployment } = await load(home.files, language, services, {
    ...home.options,
    modules,
    strict,
    found,
  })
  return await use({ files: home.files, diagnostics }, deployment)
}
