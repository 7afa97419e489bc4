'use client';

import { useCallback, useState } from 'react';

/** Shows the HTML of an email as it is. The frame runs no scripts; its links open in a new tab. */
export function EmailPreview({ html, title }: { html: string; title: string }) {
  const [height, setHeight] = useState(0);

  const fit = useCallback((frame: HTMLIFrameElement | null) => {
    setHeight(frame?.contentDocument?.documentElement.scrollHeight ?? 0);
  }, []);

  return (
    <iframe
      ref={fit}
      title={title}
      srcDoc={html}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      className="min-h-96 w-full"
      style={{ height }}
      onLoad={(event) => fit(event.currentTarget)}
    />
  );
}
