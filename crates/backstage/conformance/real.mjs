// A real Backstage catalog in this process, in memory, over given entities.
import { createBackendModule } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import catalog from '@backstage/plugin-catalog-backend';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';

// Hands the entities to the catalog as a provider of an organisation does.
const declared = (entities) => createBackendModule({
  pluginId: 'catalog',
  moduleId: 'fleet',
  register(env) {
    env.registerInit({
      deps: { processing: catalogProcessingExtensionPoint },
      async init({ processing }) {
        processing.addEntityProvider({
          getProviderName: () => 'fleet',
          async connect(connection) {
            const rows = entities.map((entity) => ({ entity, locationKey: 'fleet' }));
            await connection.applyMutation({ type: 'full', entities: rows });
          },
        });
      },
    });
  },
});

// Its base URL, and what stops it.
export async function start(entities) {
  const kinds = ['Component', 'API', 'Resource', 'System', 'Domain', 'Group', 'User', 'Template', 'Location'];
  const config = mockServices.rootConfig.factory({
    data: { catalog: { rules: [{ allow: kinds }] }, backend: { baseUrl: 'http://127.0.0.1' } },
  });
  const features = [config, catalog.default ?? catalog, declared(entities)];
  const backend = await startTestBackend({ features });
  return { url: `http://127.0.0.1:${backend.server.port()}/api/catalog`, stop: () => backend.stop() };
}
