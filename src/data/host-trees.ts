// Folders into which package managers install a project's dependencies, inside the project: on the machine of a developer as in the image.

export interface HostTree {
  readonly name: string
  /** Names in the table of package managers. */
  readonly managers: readonly string[]
  /** The first is the one that names the dependencies. */
  readonly manifests: readonly string[]
  /** What that manifest must hold, or nothing is installed. */
  readonly demands?: RegExp
  /** Files beside it and what in them puts the folder elsewhere. */
  readonly unless: readonly (readonly [string, RegExp])[]
  /** Options, or variables when they do not begin with a dash, that put it elsewhere. */
  readonly moves: readonly string[]
  /** Only with this variable. */
  readonly needs?: string
}

export const hostTrees: readonly HostTree[] = [
  {
    // Yarn from version 2 on has no such folder unless told so.
    name: 'node_modules', managers: ['npm', 'yarn', 'pnpm', 'bun'], manifests: ['package.json'], demands: /"(?:dependencies|devDependencies)"\s*:\s*\{\s*"/,
    unless: [['.yarnrc.yml', /^(?![^]*(?:^|\n)nodeLinker:\s*["']?(?:node-modules|pnpm))[^]+/]], moves: ['--modules-dir'],
  },
  // https://docs.astral.sh/uv/guides/integration/docker/ asks for the line in the ignore file.
  { name: '.venv', managers: ['uv'], manifests: ['pyproject.toml'], unless: [], moves: ['UV_PROJECT_ENVIRONMENT', 'UV_SYSTEM_PYTHON', '--system', '--active', '--script', '--target', '--prefix'] },
  { name: '.venv', managers: ['poetry'], manifests: ['pyproject.toml'], unless: [], moves: [], needs: 'POETRY_VIRTUALENVS_IN_PROJECT' },
  { name: 'vendor', managers: ['composer'], manifests: ['composer.json'], demands: /"[\w.-]{1,100}\/[\w.-]{1,100}"\s*:\s*"/, unless: [['composer.json', /"vendor-dir"/]], moves: ['COMPOSER_VENDOR_DIR'] },
]
