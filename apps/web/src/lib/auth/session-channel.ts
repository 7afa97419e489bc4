import { appId } from '@/app-name';

/** What the tabs of one browser tell each other. */
export type SessionEvent = { event: 'signed-out' } | { event: 'signed-in'; userId: string };

let opened: BroadcastChannel | undefined;

export function broadcastSessionEvent(news: SessionEvent): void {
  channel().postMessage(news);
}

/** Listens to the events that other tabs broadcast. Returns a function that stops listening. */
export function onSessionEvent(listener: (news: SessionEvent) => void): () => void {
  const hear = (message: MessageEvent<SessionEvent>) => listener(message.data);
  channel().addEventListener('message', hear);
  return () => channel().removeEventListener('message', hear);
}

/** One for the tab: a channel never hears what it said itself, and every other one of the same name does. */
function channel(): BroadcastChannel {
  return (opened ??= new BroadcastChannel(`${appId}.session`));
}
