/** The only thing on the page that does something; it asks first. */
import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';

type Step = 'idle' | 'asking' | 'asked' | 'refused';

export function StopButton({ isStopping }: { readonly isStopping: boolean }): VNode {
  const [step, setStep] = useState<Step>('idle');
  const stop = async (): Promise<void> => {
    setStep('asked');
    const answer = await fetch('stop', { method: 'POST' }).catch(() => undefined);
    if (answer?.ok !== true) setStep('refused');
  };
  if (isStopping || step === 'asked') {
    return html`<p class="stop"><button type="button" disabled>Stopping …</button></p>`;
  }
  if (step === 'asking') {
    return html`<p class="stop">
      End the drill? The fault is rolled back; there will be no report.${' '}
      <button type="button" class="danger" onClick=${stop}>Stop and roll back</button>${' '}
      <button type="button" onClick=${() => setStep('idle')}>Go on</button>
    </p>`;
  }
  return html`<p class="stop">
    ${step === 'refused' && html`<span role="alert">It could not be stopped from here. </span>`}
    <button type="button" onClick=${() => setStep('asking')}>Stop …</button>
  </p>`;
}
