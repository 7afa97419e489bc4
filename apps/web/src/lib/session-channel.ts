import { appId } from '@/app-name';

/** What the tabs of one browser tell each other. */
export type SessionNews = { event: 'signed-out' } | { event: 'signed-in'; userId: string };

const channelName = `${appId}.session`;

export function announce(news: SessionNews): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage(news);
  channel.close();
}

/** Hears what other tabs announce, never this one's own news. */
export function listenToOtherTabs(listener: (news: SessionNews) => void): () => void {
  const channel = new BroadcastChannel(channelName);
  channel.addEventListener('message', (message: MessageEvent<SessionNews>) => listener(message.data));
  return () => channel.close();
}
