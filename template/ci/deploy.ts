import { deepEqual, equal } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CommandResult, run } from './commands.js';

/**
 * Checks the files in deploy/ without a container engine or a cluster: `deploy.ts FOLDER`. The folder has
 * `kubernetes-models` and `yaml` installed. Needs caddy and kubectl.
 */
const load = createRequire(join(process.argv[2] as string, 'package.json'));
const { parse, parseAllDocuments } = load('yaml') as {
  parse(text: string, options: { merge: boolean }): { services: Record<string, Service> };
  parseAllDocuments(text: string): { toJS(): Manifest }[];
};

interface Container {
  name: string;
  resources?: { requests?: object; limits?: { memory?: string } };
  securityContext?: { readOnlyRootFilesystem?: boolean; allowPrivilegeEscalation?: boolean };
}
interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec?: {
    template?: {
      spec: {
        containers: Container[];
        initContainers?: Container[];
        securityContext?: { runAsNonRoot?: boolean };
      };
    };
  };
}
interface Service {
  image?: string;
  ports?: string[];
  profiles?: string[];
  healthcheck?: object;
  restart?: string;
  read_only?: boolean;
  build?: { target: string };
  environment?: Record<string, unknown>;
  secrets?: string[];
}

const read = (path: string) => readFileSync(path, 'utf8');
const compose = (path: string): Record<string, Service> => parse(read(path), { merge: true }).services;
const development = compose('docker-compose.yml');
const production = compose('deploy/compose.production.yml');
const trial = compose('deploy/compose.trial.yml');
const dockerfile = read('deploy/Dockerfile');

await test('caddy accepts deploy/Caddyfile', () => {
  const env = { ...process.env, DOMAIN: 'tasks.example.com' };
  succeeded(run('caddy', ['validate', '--adapter', 'caddyfile', '--config', 'deploy/Caddyfile'], { env }));
});

await test('every stage and file in deploy/Dockerfile exists', () => {
  const stages = [...dockerfile.matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, , name]) => name);
  const used = [...dockerfile.matchAll(/--from=(\S+)/g)].map(([, name]) => name);
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) =>
    paths!.split(' '),
  );
  equal(used.filter((name) => !stages.includes(name)).join(), '');
  equal(copied.filter((path) => !existsSync(path)).join(), '');
});

for (const [path, services] of Object.entries({ development, production, trial })) {
  await test(`${path}: build targets exist and variables are documented`, () => {
    const documented = new Set(read('.env.example').match(/\b[A-Z][A-Z_]+(?==)/g));
    for (const service of Object.values(services)) {
      const target = service.build?.target;
      if (target) {
        equal(dockerfile.includes(` AS ${target}\n`), true);
      }
      if (!service.build) {
        continue;
      }
      const names = Object.keys(service.environment ?? {}).map((name) => name.replace(/_FILE$/, ''));
      equal(
        names.filter((name) => !documented.has(name) && !/^(NODE_ENV|CHOKIDAR_.*)$/.test(name)).join(),
        '',
      );
    }
  });
}

await test('production publishes only the ports of Caddy, and file systems are read-only', () => {
  const published = Object.entries(production).filter(([, { ports }]) => ports);
  equal(published.map(([name]) => name).join(), 'caddy');
  for (const [name, service] of Object.entries(production)) {
    if (service.build) {
      equal(`${name} ${service.read_only}`, `${name} true`);
    }
    if (!service.restart) {
      throw new Error(`${name} has no restart policy`);
    }
  }
});

await test('each service of production connects as its own role', () => {
  const secrets = Object.entries(production).map(([name, service]) => [
    name,
    service.secrets?.filter((secret) => /database|postgres/.test(secret)),
  ]);
  deepEqual(Object.fromEntries(secrets.filter(([, names]) => names?.length)), {
    postgres: ['postgres_password'],
    'migrate-api': ['database_url', 'migration_database_url'],
    'migrate-auth': ['auth_database_url', 'migration_database_url'],
    auth: ['auth_database_url'],
    api: ['database_url'],
  });
});

await test('development and trial publish ports only on the loopback interface', () => {
  const services = [...Object.values(development), ...Object.values(trial)];
  const published = services.flatMap(({ ports = [] }) => ports);
  equal(published.filter((port) => !port.startsWith('127.0.0.1:')).join(), '');
});

const rendered = run('kubectl', ['kustomize', 'deploy/kubernetes/production']);
const manifests = parseAllDocuments(rendered.output).map((document) => document.toJS());
await test('kubectl renders deploy/kubernetes/production', () => {
  succeeded(rendered);
  equal(manifests.length > 10, true);
});
for (const manifest of manifests) {
  const { apiVersion, kind, metadata, spec } = manifest;
  await test(`${kind} ${metadata.name} matches its schema`, () => {
    const models = load(`kubernetes-models/${apiVersion}`) as Record<
      string,
      new (data: unknown) => { validate(): void }
    >;
    new models[kind]!(manifest).validate();
    const pod = spec?.template?.spec;
    if (!pod) {
      return;
    }
    equal(pod.securityContext?.runAsNonRoot, true);
    for (const { name, resources, securityContext } of [...pod.containers, ...(pod.initContainers ?? [])]) {
      equal(
        `${name}: ${securityContext?.readOnlyRootFilesystem}, ${securityContext?.allowPrivilegeEscalation}`,
        `${name}: true, false`,
      );
      if (!resources?.requests || !resources.limits?.memory) {
        throw new Error(`${name} has no resource limits`);
      }
    }
  });
}
function succeeded({ status, errors }: CommandResult): void {
  if (status !== 0) {
    throw new Error(errors);
  }
}
