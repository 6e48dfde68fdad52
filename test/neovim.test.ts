// The language server in a real editor: Neovim without a screen opens a file, shows diagnostics, hovers and applies a fix.
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { bundledIn } from './node/lsp/program.ts'
import { fencesOf, textOf } from './support/doc-pages.ts'
import { temporaryFolder } from './support/io.ts'

vi.setConfig({ testTimeout: 60_000 })
const found = spawnSync('nvim', ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0]
const dockerfile = `# syntax=docker/dockerfile:1
FROM debian:12
# ünïcödé 😀
RUN apt-get update && apt-get install -y --no-install-recommends curl
COPY . /srv
`

let folder: ReturnType<typeof temporaryFolder>
let script: string
beforeAll(async () => {
  folder = temporaryFolder()
  if (found) script = await bundledIn(join(folder.path, 'package'))
}, 60_000)
afterAll(() => folder.remove())

/** init.lua as the page has it for this version, with the server of this test. */
function settings(node: string, server: string): string {
  const page = textOf('docs/editors.md')
  const { text } = fencesOf(page.slice(page.indexOf('Before (tried with'))).find(({ language }) => language === 'lua')!
  expect(text).toContain("{ 'cachemiss', 'lsp', '--stdio' }")
  return text.replace("'cachemiss', 'lsp'", `${JSON.stringify(node)}, ${JSON.stringify(server)}, 'lsp'`)
}

/** That, then a session as a user would type it; prints JSON. */
const session = (node: string, server: string): string => `
local function die(message) io.stderr:write(message .. '\\n') vim.cmd('cquit 3') end
local ok, problem = pcall(function()
  ${settings(node, server)}
  vim.cmd('edit other.dockerfile')
  vim.cmd('edit Dockerfile')
  vim.cmd('edit')
  local buffer = vim.api.nvim_get_current_buf()
  local function wait(what, test) if not vim.wait(30000, test, 10) then die('no ' .. what) end end
  local function shown() return vim.diagnostic.get(buffer) end
  wait('diagnostics', function() return #shown() > 0 end)
  local client = vim.lsp.get_active_clients()[1]
  local id = client.id
  local told = { root = client.config.root_dir, filetype = vim.bo.filetype, encoding = vim.lsp.get_client_by_id(id).offset_encoding, before = shown() }
  local line
  for _, found in ipairs(shown()) do if found.code == 'apt-lists-not-removed' then line = found.lnum end end
  vim.api.nvim_win_set_cursor(0, { line + 1, 0 })
  local params = vim.lsp.util.make_range_params()
  params.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(buffer) }
  local answers = vim.lsp.buf_request_sync(buffer, 'textDocument/codeAction', params, 10000)
  told.actions = {}
  for _, action in ipairs(answers[id].result) do
    table.insert(told.actions, action.title)
    if action.isPreferred then vim.lsp.util.apply_workspace_edit(action.edit, vim.lsp.get_client_by_id(id).offset_encoding) end
  end
  wait('new diagnostics', function() for _, found in ipairs(shown()) do if found.code == 'apt-lists-not-removed' then return false end end return true end)
  local hovers = vim.lsp.buf_request_sync(buffer, 'textDocument/hover', vim.lsp.util.make_position_params(), 10000)
  told.hover = hovers[id].result.contents.value
  told.after = shown()
  told.clients = #vim.lsp.get_active_clients()
  vim.cmd('write')
  vim.lsp.stop_client(id)
  wait('end of the server', function() return vim.lsp.client_is_stopped(id) end)
  io.stdout:write(vim.json.encode(told))
end)
if not ok then die(problem) end
vim.cmd('qall!')
`

interface Told {
  readonly clients: number
  readonly root: string
  readonly filetype: string
  readonly encoding: string
  readonly actions: readonly string[]
  readonly hover: string
  readonly before: readonly { readonly code: string; readonly lnum: number; readonly message: string; readonly source: string }[]
  readonly after: Told['before']
}

test.skipIf(!found)(`Neovim opens a Dockerfile, shows what is found and applies a fix${found ? '' : ' (skipped: there is no nvim here)'}`, async () => {
  folder.write({ 'app/.git/HEAD': '', 'app/Dockerfile': dockerfile, 'app/other.dockerfile': dockerfile, 'app/index.js': '', 'session.lua': session(process.execPath, script) })
  const { stdout } = await promisify(execFile)('nvim', ['--headless', '--clean', '-c', `luafile ${join(folder.path, 'session.lua')}`], { cwd: join(folder.path, 'app'), timeout: 50_000, env: { ...process.env, XDG_STATE_HOME: folder.path, XDG_CACHE_HOME: folder.path } })
  const told = JSON.parse(stdout) as Told
  expect(told).toMatchObject({ filetype: 'dockerfile', clients: 1, root: realpathSync(join(folder.path, 'app')) })
  expect(told.before.find(({ code }) => code === 'apt-lists-not-removed')).toMatchObject({ lnum: 3, source: 'cachemiss' })
  expect(told.actions).toContain('Ignore apt-lists-not-removed here')
  expect(told.after.map(({ code }) => code)).not.toContain('apt-lists-not-removed')
  expect(told.hover).toContain('**Runs again when**')
  const written = readFileSync(join(folder.path, 'app/Dockerfile'), 'utf8')
  expect(written).toMatch(/curl[^]*rm -rf \/var\/lib\/apt\/lists/)
  expect(written.split('\n').slice(0, 3)).toEqual(dockerfile.split('\n').slice(0, 3))
})
