// STO-06, connect-typeorm 2.0.0: destroy still takes what is set after it
const need = require('module').createRequire(process.argv[2] + '/');
const { TypeormStore } = need('connect-typeorm');
const { DataSource, EntitySchema } = need('typeorm');
const columns = {
    ...{ expiredAt: { type: 'bigint' }, json: { type: 'text' } },
    id: { type: 'varchar', primary: true },
    destroyedAt: { type: Date, deleteDate: true, nullable: true },
};
const entities = [new EntitySchema({ name: 'confirmed_typeorm', columns })];
const [type, url] = ['postgres', process.argv[3]];
new DataSource({ type, url, entities, synchronize: true }).initialize()
    .then((source) => {
        const repository = source.getRepository(entities[0]);
        const store = new TypeormStore().connect(repository);
        const mine = { n: 1, cookie: { maxAge: 60000 } };
        const look = (err, found) => process.exit(found ? 1 : 0);
        store.set('a', mine, () => store.destroy('a', () =>
            store.set('a', mine, () => store.get('a', look))));
    });
