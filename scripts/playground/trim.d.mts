export declare const usedClasses: readonly string[];
