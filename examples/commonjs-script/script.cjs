// What an older code base has: a CommonJS file. It gets the library by `require`, and the same session that an ES module
// in this process would get.

const { runDagsterPipes } = require('pipes-external');

void runDagsterPipes((pipes) => {
  pipes.log.info('Hello from CommonJS');
  pipes.reportAssetMaterialization({ metadata: { module_system: 'CommonJS' } });
});
