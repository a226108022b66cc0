/** Words of a question that say nothing, or little, of the tool that it needs. */

const SILENT = `
a an the this that these those there here it its itself he she they them their theirs his her hers him we us our ours you your yours i me my mine myself
and or but nor so if then than as of in on at by to from for with without into onto upon about over under between among through
during before after within across per via up down out off is are was were be been being am do does did doing done have has had having
can could will would shall should may might must ought cannot don doesn didn isn aren wasn won wouldn couldn shouldn ll ve re d s t m
what which who whom whose when where why how whether while because since until although though not no yes any some all each every both
either neither few more most other another such only own same too very just also again once ever even still yet already
please thanks thank hi hello hey dear okay ok kindly want wants wanted need needs needed like likes love help helps assist assistance
able possible wish hope trying try let lets make sure tell know give provide provided providing looking interested wondering curious
really actually maybe perhaps quite something anything everything someone anyone thing things stuff way lot bit kind sort
using use used based etc eg ie e g go going come get got getting first second third next finally lastly additionally furthermore moreover besides addition
`;

const WEAK = `
one two three four five six seven eight nine ten several many multiple various different main key major full complete comprehensive
detailed deep specific particular certain important relevant related useful good great best better well new nice simple easy quick quickly exactly
recent recently current currently latest today tomorrow yesterday now week weekend month year day hour minute last past previous upcoming
future near early late long short big small large high low top number list find search look show check take add set view see read available
including include result example purpose part case tool api mcp server platform system service function functionality feature capability
software application process processing general
`;

const silent = wordSet(SILENT);
const weak = wordSet(WEAK);

/** What is left of a weak word's weight. */
const WEAKENED = 0.5;

/** From 0 for a word that says nothing to 1 for one that counts in full; bare numbers are arguments more often than they name a tool. */
export function weightOfWord(word: string): number {
  if (silent.has(word)) return 0;
  return weak.has(word) || weak.has(word.replace(/s$/, "")) || /^\d+$/.test(word) ? WEAKENED : 1;
}

function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter(Boolean));
}
