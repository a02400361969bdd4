// The runs of a variant on a time scale, and the order in which each run wrote the page.

import type { RunOrder, Strip } from "../api/answers";

export function TimeStrip({ strip }: { strip: Strip }) {
  const { width, height, bars } = strip;
  return (
    <div class="time-strip">
      <svg class="strip" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={strip.words}>
        <text class="asked" x="6" y="14">
          ▣ {strip.title}
        </text>
        <line class="scale" x1="6" x2={width - 8} y1={height - 14} y2={height - 14} />
        <text class="tick" x="6" y={height - 3}>
          0
        </text>
        <text class="tick" x={width - 8} y={height - 3} text-anchor="end">
          {strip.end}
        </text>
        {bars.map((bar) => (
          <g key={bar.run}>
            <path class="cause" d={bar.arrow} />
            <rect
              class={`run outcome-${bar.outcome}`}
              x={bar.x}
              y={bar.y}
              width={bar.width}
              height="13"
              rx="2"
            />
            {bar.callbacks.map(([x, wide]) => (
              <rect class="call" x={x} y={bar.y} width={wide} height="13" />
            ))}
            <text x={bar.label_x} y={bar.y - 4}>
              {bar.label}
            </text>
          </g>
        ))}
      </svg>
      {strip.more && <p class="quiet">{strip.more}</p>}
    </div>
  );
}

const WIDTH = 320; // units of an order's drawing

export function Orders({ orders }: { orders: readonly RunOrder[] }) {
  if (orders.length === 0) return <p class="quiet">Nothing was written.</p>;
  return (
    <>
      {orders.map((order) => (
        <div key={order.run}>
          <p class="order-of">{order.heading}</p>
          <svg
            class={`order${order.lost ? " lost" : ""}`}
            viewBox={`0 0 ${WIDTH} ${order.height}`}
            role="img"
            aria-label={order.words}
          >
            {order.items.map((item) => (
              <g key={item.number}>
                <path class={item.crosses ? "crossing" : "straight"} d={item.line} />
                <circle cx="13" cy={item.y} r="10" />
                <text class="number" x="13" y={item.y + 4} text-anchor="middle">
                  {item.number}
                </text>
                <text x="106" y={item.text_y + 4}>
                  {item.text}
                </text>
              </g>
            ))}
          </svg>
          {order.more && <p class="quiet">{order.more}</p>}
        </div>
      ))}
    </>
  );
}
