import { appId } from '@/app-name';

/** What the tabs of one browser tell each other. */
export type SessionNews = { event: 'signed-out' } | { event: 'signed-in'; userId: string };

let opened: BroadcastChannel | undefined;

export function announce(news: SessionNews): void {
  channel().postMessage(news);
}

/** Hears what other tabs announce, never this one's own news. */
export function listenToOtherTabs(listener: (news: SessionNews) => void): () => void {
  const hear = (message: MessageEvent<SessionNews>) => listener(message.data);
  channel().addEventListener('message', hear);
  return () => channel().removeEventListener('message', hear);
}

/** One for the tab: a channel never hears what it said itself, and every other one of the same name does. */
function channel(): BroadcastChannel {
  return (opened ??= new BroadcastChannel(`${appId}.session`));
}
