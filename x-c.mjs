import { chromium } from 'playwright-core';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium' });
for (const w of [375,768,1280]) { const p = await (await b.newContext({viewport:{width:w,height:812},isMobile:w<500,hasTouch:w<500})).newPage(); await p.goto('file:///tmp/m1s2/site/sources/windows_process_creation.html');
console.log(w, await p.evaluate(`[...document.querySelectorAll('.badges span')].map((e)=>e.getBoundingClientRect().height).join()+' '+document.documentElement.scrollWidth+' '+document.querySelector('h1').textContent+' '+document.querySelectorAll('h1 wbr').length`)); if(w===375) await p.screenshot({path:'/tmp/m1-src375.png'}); }
await b.close();
