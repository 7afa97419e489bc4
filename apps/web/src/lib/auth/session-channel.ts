import { appId } from '@/app-name';

/** A message to the other tabs of this browser. */
export type SessionEvent = { type: 'signed-out' } | { type: 'signed-in'; userId: string };

let sharedChannel: BroadcastChannel | undefined;

export function broadcastSessionEvent(event: SessionEvent): void {
  channel().postMessage(event);
}

/** Listens to the events that other tabs broadcast. Returns a function that stops listening. */
export function onSessionEvent(listener: (event: SessionEvent) => void): () => void {
  const onMessage = (message: MessageEvent<SessionEvent>) => listener(message.data);
  channel().addEventListener('message', onMessage);
  return () => channel().removeEventListener('message', onMessage);
}

/** One channel per tab: a channel does not receive its own messages, but a second one in the same tab would. */
function channel(): BroadcastChannel {
  return (sharedChannel ??= new BroadcastChannel(`${appId}.session`));
}
