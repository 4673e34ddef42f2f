import { assertEquals } from "@std/assert";
import { Random } from "../../sys/random.ts";
import { PAGE_ORDER_VALUES, PageOrder } from "./page_order.ts";

Deno.test("values have their turns in the order of their pages, however high those are", () => {
  const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  const order = new PageOrder();
  for (const count of [1, 1000, PAGE_ORDER_VALUES + 500]) {
    const pageOf = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const hash = (i * 0x9e3779b1) | 0;
      const page = i === 0 ? 2 ** 32 - 2 : random.below(2 ** 32 - 2);
      pageOf.set(hash, page);
      order.add(page, hash);
    }
    assertEquals(order.isFull, count > PAGE_ORDER_VALUES);
    order.begin();
    const pages: number[] = [];
    while (order.isTaking) {
      const page = pageOf.get(order.take())!;
      assertEquals(order.page, page);
      pages.push(page);
    }
    assertEquals(pages, [...pageOf.values()].sort((a, b) => a - b));
    assertEquals(order.waiting, 0);
  }
});
