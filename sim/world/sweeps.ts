import { isPaymentMethodsError } from '../../src/application/errors.ts';
import type { SimulatedProcess } from './simulatedProcess.ts';
import type { Surroundings } from './surroundings.ts';

/** Sweeps the account by a process, and answers whether it read all there was; never, where the process dies at it. */
export async function sweepOn(around: Surroundings, process: SimulatedProcess): Promise<boolean> {
  const { sometimes, timeline, unexpected } = around;
  timeline?.note(process.name, 'sweeps the account');
  try {
    const { findings, stopped, errors, isFullReadOpen, customersUnread } = await process.paymentMethods.sweep();
    timeline?.note(process.name, `swept, ${stopped ?? 'to the end'}: ${findings.map(({ finding }) => finding).join()}`);
    for (const { finding } of findings) {
      if (finding === 'attachmentMissed') sometimes.met('sweepFoundAttachment');
      else if (finding === 'detachmentMissed') sometimes.met('sweepFoundDetachment');
      else if (finding === 'setupMissed') sometimes.met('sweepFoundSetup');
      // All of these are the host's own account and customers: nothing of it is for a human.
      else if (finding !== 'updateMissed') unexpected.push(`a sweep found ${finding}`);
    }
    if (stopped !== null) sometimes.met('sweepStopped');
    for (const { error } of errors) if (!isPaymentMethodsError(error)) unexpected.push(String(error));
    return stopped === null && errors.length === 0 && !isFullReadOpen && customersUnread === 0;
  } catch (error) {
    if (!isPaymentMethodsError(error)) unexpected.push(String(error));
    return false;
  }
}
