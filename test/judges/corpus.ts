import { join } from 'node:path';
import { corpusFolders, shared } from '../corpus/corpus.ts';
import { existing } from './places.ts';

const how = 'run scripts/corpus.sh FOLDER and set SIGPACK_SHARED=FOLDER';
for (const folder of [...corpusFolders, join(shared, 'events')]) existing(folder, how);

export { corpusFolders, shared };
