import type { Linker, Resource } from 'viaduct'

/** Where the file lies: in the home, or where WSO2's products keep it in the registry. */
const PLACES = ['file:workflow-extensions.xml', 'gov:/apimgt/applicationdata/workflow-extensions.xml']

/** The file that names the executors of a home; undefined when it has none. */
export const extensionsFile = (linker: Linker): Resource | undefined =>
  PLACES.map((place) => linker.resource(place)).find((each) => each !== undefined)
