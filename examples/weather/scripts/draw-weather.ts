import type { Month } from './aggregate.ts';

const WIDTH = 1040;
const LEFT = 60;
const RIGHT = WIDTH - 28;
const TEMPERATURE = { top: 118, bottom: 368 };
const PRECIPITATION = { top: 424, bottom: 560 };
const HEIGHT = 640;

const STYLE = `
  text { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: 12px; fill: #5b6673; }
  .title { font-size: 22px; font-weight: 650; fill: #18202a; }
  .panel { font-size: 13px; font-weight: 600; fill: #2b3541; }
  .year { font-size: 13px; font-weight: 600; fill: #2b3541; }
  .initial { font-size: 10px; fill: #8a949f; }
  .middle { text-anchor: middle; } .end { text-anchor: end; }
  .hot, .low, .wet { font-weight: 600; paint-order: stroke; stroke: #fff; stroke-width: 4px; stroke-linejoin: round; }
  .hot { fill: #b4472f; } .low, .wet { fill: #2a6f97; }
  .grid { stroke: #e6e9ed; } .zero { stroke: #aab3bd; } .year-tint { fill: #f6f7f9; }
  .band { fill: #d9694f; fill-opacity: 0.2; } .bar { fill: #4a8fb8; }
  .mean { fill: none; stroke: #c4523a; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
  .dot-hot, .dot-low { fill: #fff; stroke-width: 2; } .dot-hot { stroke: #b4472f; } .dot-low { stroke: #2a6f97; }`;

/** The vertical axis of a panel: from value to pixel, and the values that get a line. */
interface Scale {
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
}

function makeScale(values: readonly number[], panel: typeof TEMPERATURE, step: number): Scale {
  const low = Math.floor(Math.min(0, ...values) / step) * step;
  const high = Math.ceil(Math.max(step, ...values) / step) * step;
  const y = (value: number): number =>
    round(panel.bottom - ((value - low) / (high - low)) * (panel.bottom - panel.top));
  return { y, ticks: Array.from({ length: (high - low) / step + 1 }, (_, index) => low + index * step) };
}

const round = (value: number): number => Math.round(value * 10) / 10;
const yearOf = ({ month }: Month): string => month.slice(0, 4);
const nameOf = ({ month }: Month): string =>
  new Date(`${month}-01T00:00:00Z`).toLocaleString('en', { month: 'short', year: 'numeric', timeZone: 'UTC' });
const initialOf = ({ month }: Month): string => 'JFMAMJJASOND'.charAt(Number(month.slice(5)) - 1);
const largest = (months: readonly Month[], by: (month: Month) => number): Month =>
  months.reduce((best, month) => (by(month) > by(best) ? month : best));

/**
 * Monthly temperature (mean, and a band from the mean low to the mean high) above monthly precipitation, as an SVG.
 *
 * @param months in order, at least one
 */
export function drawWeather(months: readonly Month[]): string {
  const slot = (RIGHT - LEFT) / months.length;
  const center = (index: number): number => round(LEFT + (index + 0.5) * slot);
  const parts = [
    drawYears(months, slot),
    drawHeader(months),
    drawTemperature(months, center),
    drawPrecipitation(months, center, slot),
    ...months.map((month, index) => text(center(index), PRECIPITATION.bottom + 18, initialOf(month), 'initial middle')),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">
<title>${titleOf(months)}</title>
<style>${STYLE}
</style>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

function titleOf(months: readonly Month[]): string {
  const years = [...new Set(months.map(yearOf))];
  return `Seattle weather by month, ${years.length > 1 ? `${years[0]}–${years.at(-1)}` : years[0]}`;
}

function drawHeader(months: readonly Month[]): string {
  const note =
    'Line: mean of the daily lows and highs. Band: from the mean low to the mean high. Data: NOAA, by way of vega-datasets.';
  return [
    text(LEFT - 36, 42, titleOf(months), 'title'),
    text(LEFT - 36, 64, note),
    text(LEFT - 36, TEMPERATURE.top - 18, 'Temperature, °C', 'panel'),
    text(LEFT - 36, PRECIPITATION.top - 18, 'Precipitation, mm', 'panel'),
  ].join('\n');
}

/** Every second year has a tint, so that a year is seen as one. */
function drawYears(months: readonly Month[], slot: number): string {
  return [...Map.groupBy(months, yearOf)]
    .map(([year, ofYear], order) => {
      const first = months.findIndex((month) => yearOf(month) === year);
      const [x, width] = [round(LEFT + first * slot), round(ofYear.length * slot)];
      const height = PRECIPITATION.bottom - TEMPERATURE.top;
      const tint = `<rect class="year-tint" x="${x}" y="${TEMPERATURE.top}" width="${width}" height="${height}"/>`;
      return (order % 2 === 0 ? tint : '') + text(x + width / 2, PRECIPITATION.bottom + 42, year, 'year middle');
    })
    .join('\n');
}

function drawTemperature(months: readonly Month[], center: (index: number) => number): string {
  const scale = makeScale(
    months.flatMap(({ tempMin, tempMax }) => [tempMin, tempMax]),
    TEMPERATURE,
    5,
  );
  const line = (of: (month: Month) => number): string[] =>
    months.map((month, index) => `${center(index)},${scale.y(of(month))}`);
  const band = [...line(({ tempMax }) => tempMax), ...line(({ tempMin }) => tempMin).toReversed()];
  const mark = (month: Month, kind: 'hot' | 'low'): string => {
    const [x, y] = [center(months.indexOf(month)), scale.y(month.tempMean)];
    const label = `${month.tempMean.toFixed(1)} °C, ${nameOf(month)}`;
    const labelY = kind === 'hot' ? scale.y(month.tempMax) - 8 : Math.max(scale.y(month.tempMin), scale.y(0)) + 16;
    return `<circle class="dot-${kind}" cx="${x}" cy="${y}" r="4"/>${text(x, labelY, label, `${kind} ${anchorAt(x)}`)}`;
  };
  return [
    drawGrid(scale),
    `<polygon class="band" points="${band.join(' ')}"/>`,
    `<polyline class="mean" points="${line(({ tempMean }) => tempMean).join(' ')}"/>`,
    mark(
      largest(months, ({ tempMean }) => tempMean),
      'hot',
    ),
    mark(
      largest(months, ({ tempMean }) => -tempMean),
      'low',
    ),
  ].join('\n');
}

function drawPrecipitation(months: readonly Month[], center: (index: number) => number, slot: number): string {
  const scale = makeScale(
    months.map(({ precipitation }) => precipitation),
    PRECIPITATION,
    100,
  );
  const width = round(Math.min(slot * 0.66, 40));
  const bars = months.map((month, index) => {
    const y = scale.y(month.precipitation);
    const height = round(scale.y(0) - y);
    const tip = `<title>${nameOf(month)}: ${month.precipitation} mm</title>`;
    return `<rect class="bar" x="${round(center(index) - width / 2)}" y="${y}" width="${width}" height="${height}" rx="2">${tip}</rect>`;
  });
  const wettest = largest(months, ({ precipitation }) => precipitation);
  const x = center(months.indexOf(wettest));
  const label = `${Math.round(wettest.precipitation)} mm, ${nameOf(wettest)}`;
  return [drawGrid(scale), ...bars, text(x, scale.y(wettest.precipitation) - 7, label, `wet ${anchorAt(x)}`)].join(
    '\n',
  );
}

function drawGrid({ y, ticks }: Scale): string {
  return ticks
    .map((tick) => {
      const line = `<line class="${tick === 0 ? 'zero' : 'grid'}" x1="${LEFT}" x2="${RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/>`;
      return line + text(LEFT - 10, y(tick) + 4, String(tick).replace('-', '−'), 'end');
    })
    .join('\n');
}

/** A label near the edge must not run over it. */
function anchorAt(x: number): string {
  if (x > RIGHT - 90) return 'end';
  return x < LEFT + 90 ? 'start' : 'middle';
}

function text(x: number, y: number, content: string, classes = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${classes}">${content}</text>`;
}
