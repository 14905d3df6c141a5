// Counts words, written in JavaScript: its interface is in words.wit.
export const text = {
  count(text, order, atMost) {
    const times = new Map();
    for (const [word] of text.toLowerCase().matchAll(/[^\s!-\/:-@[-`{-~]+/g)) {
      times.set(word, (times.get(word) ?? 0) + 1);
    }
    const counted = [...times].map(([word, times]) => ({ word, times }));
    if (order === "most-often") counted.sort((a, b) => b.times - a.times);
    return counted.slice(0, atMost ?? counted.length);
  },
};
