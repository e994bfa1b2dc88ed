"""install-splunk.py PORT: reads with the official splunk-sdk what sigpack install wrote; prints JSON."""
import json
import os
import sys

import splunklib.client as client

service = client.connect(
    host='127.0.0.1', port=int(sys.argv[1]), scheme='http', username='admin', password=os.environ['JUDGE_PASSWORD'], owner='nobody', app='acme', autologin=False
)
app = service.apps['acme']
searches = {}
for search in service.saved_searches.list(count=-1):
    content = search.content
    searches[search.name] = {
        'search': content['search'],
        'cron': content['cron_schedule'],
        'scheduled': content['is_scheduled'],
        'disabled': content['disabled'],
        'type': content['alert_type'],
        'severity': content['alert.severity'],
        'app': search.access['app'] if 'app' in search.access else None,
    }
macros = {macro.name: macro.content['definition'] for macro in service.confs['macros'].list()}
transforms = {stanza.name: stanza.content['filename'] for stanza in client.Collection(service, 'data/transforms/lookups').list()}
views = {view.name: view.content['eai:data'] for view in client.Collection(service, 'data/ui/views').list()}

# what the client changes must be what the next plan calls drift
enabled = sorted(name for name in searches if searches[name]['disabled'] == '0')
service.saved_searches[enabled[0]].update(cron_schedule='1 1 * * *').refresh()
service.saved_searches[enabled[-1]].disable()
print(json.dumps({'version': app.content['version'], 'label': app.content['label'], 'searches': searches, 'macros': macros, 'transforms': transforms, 'views': views}))
