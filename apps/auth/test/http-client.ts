export interface HttpResponse {
  status: number;
  headers: Headers;
  /** Parsed JSON, or text for any other content type. */
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

/** An HTTP client that stores cookies and sends default headers such as `Origin`, like a browser. */
export class HttpClient {
  readonly cookies = new Map<string, string>();

  constructor(
    private readonly server: string,
    private readonly headers: Record<string, string>,
  ) {}

  get(path: string, headers?: Record<string, string>): Promise<HttpResponse> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<HttpResponse> {
    return this.send('POST', path, body, headers);
  }

  private async send(
    method: string,
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<HttpResponse> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.server + path, {
      method,
      redirect: 'manual',
      headers: {
        ...this.headers,
        ...(cookie && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
    });
    for (const header of response.headers.getSetCookie()) {
      this.storeCookie(header);
    }
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: json && text ? JSON.parse(text) : text,
    };
  }

  private storeCookie(header: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
    if (/max-age=0/i.test(header)) {
      this.cookies.delete(name);
    } else {
      this.cookies.set(name, value);
    }
  }
}
